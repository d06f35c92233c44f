import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createGzip, type Gunzip, type Gzip } from 'node:zlib'
import { RingwalError } from '../errors.ts'
import type { Encoding } from './archive-names.ts'
import type { ArchiveTarget } from './archive-target.ts'
import type { CheckpointEntry, PartEntry } from './manifest.ts'

export interface StoredFacts {
  readonly sha256: string
  readonly storedBytes: number
  readonly bytes: number
}

/**
 * Stores an object.
 * @throws ERR_RINGWAL_FENCED if its name, which is drawn by lot, is taken; and whatever the pieces throw
 */
export async function storeObject(
  target: ArchiveTarget,
  name: string,
  encoding: Encoding,
  pieces: AsyncIterable<Uint8Array>,
): Promise<StoredFacts> {
  const [raw, stored] = [{ bytes: 0 }, { bytes: 0 }]
  const hash = createHash('sha256')
  const counted = counting(pieces, raw)
  const packed = encoding === 'gzip' ? through(createGzip(), counted) : counted
  const answer = await target.put(
    name,
    counting(packed, stored, (piece) => hash.update(piece)),
  )
  if (answer === 'taken')
    throw new RingwalError('ERR_RINGWAL_FENCED', `${target.name} has an object ${name} already`, { object: name })
  return { sha256: hash.digest('hex'), storedBytes: stored.bytes, bytes: raw.bytes }
}

/**
 * The bytes of an object, unpacked, as its manifest tells of it. Nothing is to be believed of them before the end is reached:
 * the check holds all of them.
 * @throws ERR_RINGWAL_DAMAGED, with its name as the fact `object`, also for one that is missing; ERR_RINGWAL_IO
 */
export async function* readObject(
  target: ArchiveTarget,
  { name, encoding, sha256, storedBytes, bytes }: PartEntry | CheckpointEntry,
): AsyncGenerator<Uint8Array> {
  const [raw, stored] = [{ bytes: 0 }, { bytes: 0 }]
  const hash = createHash('sha256')
  const packed = counting(target.get(name, storedBytes), stored, (piece) => hash.update(piece))
  try {
    for await (const piece of counting(encoding === 'gzip' ? through(createGunzip(), packed) : packed, raw)) {
      if (raw.bytes > bytes) throw damaged(name, `it is longer than the ${bytes} bytes that its manifest tells of`)
      yield piece
    }
  } catch (error) {
    throw asDamage(error, name)
  }
  if (stored.bytes !== storedBytes) throw damaged(name, `it has ${stored.bytes} bytes where ${storedBytes} were stored`)
  if (hash.digest('hex') !== sha256) throw damaged(name, 'its SHA-256 is not that of its manifest')
  if (raw.bytes !== bytes) throw damaged(name, `it unpacks to ${raw.bytes} bytes, and not to ${bytes}`)
}

/**
 * The bytes of an object as they are stored. @throws as `readObject`; behind the last one if they are not what its manifest tells
 */
export async function* readStored(
  target: ArchiveTarget,
  { name, sha256, storedBytes }: PartEntry | CheckpointEntry,
): AsyncGenerator<Uint8Array> {
  const stored = { bytes: 0 }
  const hash = createHash('sha256')
  try {
    yield* counting(target.get(name, storedBytes), stored, (piece) => hash.update(piece))
  } catch (error) {
    throw asDamage(error, name)
  }
  if (stored.bytes !== storedBytes) throw damaged(name, `it has ${stored.bytes} bytes where ${storedBytes} were stored`)
  if (hash.digest('hex') !== sha256) throw damaged(name, 'its SHA-256 is not that of its manifest')
}

/** A fault of the target itself is told as what it is. */
function asDamage(error: unknown, name: string): unknown {
  if (!(error instanceof RingwalError))
    return damaged(name, `it can not be unpacked: ${(error as Error).message}`, error)
  if (error.code === 'ERR_RINGWAL_NOT_FOUND') return damaged(name, 'it is missing', error)
  return error
}

function damaged(name: string, what: string, cause?: unknown): RingwalError {
  return new RingwalError('ERR_RINGWAL_DAMAGED', `${name}: ${what}`, { object: name }, cause)
}

async function* counting(
  pieces: AsyncIterable<Uint8Array>,
  count: { bytes: number },
  use: (piece: Uint8Array) => void = () => {},
): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) {
    count.bytes += piece.length
    use(piece)
    yield piece
  }
}

/** Pieces that go through zlib; what they throw comes out on the other side. */
async function* through(zlib: Gzip | Gunzip, pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const fed = pipeline(Readable.from(pieces), zlib)
  // It is awaited below; until then an error is no unhandled one.
  fed.catch(() => {})
  try {
    for await (const piece of zlib) yield piece as Uint8Array
    await fed
  } finally {
    zlib.destroy()
  }
}
