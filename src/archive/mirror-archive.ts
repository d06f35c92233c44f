import { randomBytes } from 'node:crypto'
import { optionError, RingwalError } from '../errors.ts'
import { manifestName, parseManifestName, thinningName } from './archive-names.ts'
import type { ArchiveTarget } from './archive-target.ts'
import { type ArchiveProblem, type Catalog, isProblem, loadCatalog, reasonOf } from './catalog.ts'
import { sha256Of } from './checked-lines.ts'
import { loadManifest } from './load-manifest.ts'
import type { CheckpointEntry, Manifest, PartEntry } from './manifest.ts'
import { NumberRanges } from './number-ranges.ts'
import { putBytes } from './put-bytes.ts'
import { readStored } from './stored-object.ts'
import { encodeNote } from './thinning-note.ts'

export interface MirrorOptions {
  /** Told now and then how many bytes of how many have been copied. */
  readonly onProgress?: (bytesDone: number, bytesTotal: number) => void
  /** Milliseconds since the Unix epoch; the clock's by default. */
  readonly now?: number
}

/** What was copied. Names are those of `--json`. */
export interface MirrorReport {
  readonly from: string
  readonly to: string
  /** Backups that were copied, and that were there. */
  readonly copied: number
  readonly there: number
  /** Copied, and their bytes as they are stored. */
  readonly objects: number
  readonly bytes: number
  /** Objects that can not be copied, or stand there as others: backups with one are not copied, and nothing is overwritten. */
  readonly refused: readonly ArchiveProblem[]
}

type Entry = PartEntry | CheckpointEntry

/** What is asked of the other archive, which may not be there yet. */
type Mirror = Pick<Catalog, 'manifests' | 'digests' | 'givenUp' | 'stored'>

const EMPTY: Mirror = { manifests: [], digests: new Map(), givenUp: new NumberRanges([]), stored: new Map() }

/**
 * Copies what an archive has, and another has not. Nothing is deleted there, nor overwritten: what the first one lost, or gave up,
 * the other keeps. What the other one gave up it does not get again. Each byte is held against its SHA-256 on the way; of a backup
 * the manifest comes last. It may be ended at any moment: the next run goes on.
 *
 * @throws ERR_RINGWAL_OPTION; ERR_RINGWAL_NOT_FOUND if there is no archive to copy; ERR_RINGWAL_SEGMENTS if the other one is of another
 *   log, or went another way since: with the fact `object`; ERR_RINGWAL_IO
 */
export async function mirrorArchive(
  from: ArchiveTarget,
  to: ArchiveTarget,
  options: MirrorOptions = {},
): Promise<MirrorReport> {
  const { onProgress = () => {}, now = Date.now() } = options
  if (typeof onProgress !== 'function') throw optionError('onProgress', onProgress, 'a function')
  if (from.name === to.name) throw optionError('to', to.name, 'another archive')
  const source = await loadCatalog(from)
  const mirror = await loadCatalog(to).catch(orEmpty)
  requireSameWay(from, to, source, mirror)
  await tellGivenUp(to, source, mirror, now)
  const run = new MirrorRun(from, to, source, mirror, onProgress)
  for (const manifest of source.manifests) await run.take(manifest)
  return run.report()
}

class MirrorRun {
  private readonly from: ArchiveTarget
  private readonly to: ArchiveTarget
  private readonly source: Catalog
  private readonly mirror: Mirror
  private readonly onProgress: (bytesDone: number, bytesTotal: number) => void
  private readonly refused: ArchiveProblem[]
  private readonly bytesTotal: number
  /** What reading threw: all else that a copy throws is the other archive's. */
  private failure: unknown
  private bytesDone = 0
  private copied = 0
  private there = 0
  private objects = 0
  private bytes = 0

  constructor(
    from: ArchiveTarget,
    to: ArchiveTarget,
    source: Catalog,
    mirror: Mirror,
    onProgress: (bytesDone: number, bytesTotal: number) => void,
  ) {
    this.from = from
    this.to = to
    this.source = source
    this.mirror = mirror
    this.onProgress = onProgress
    this.refused = [...source.problems]
    const wanted = source.manifests.filter(({ sequence }) => !mirror.givenUp.has(sequence))
    const missing = wanted.flatMap(entriesOf).filter(({ name }) => !mirror.stored.has(name))
    this.bytesTotal = missing.reduce((total, { storedBytes }) => total + storedBytes, 0)
  }

  async take(manifest: Manifest): Promise<void> {
    const { source, mirror } = this
    const { sequence } = manifest
    if (mirror.givenUp.has(sequence) || source.problems.some(({ backup }) => backup === sequence)) return
    const isThere = mirror.digests.has(sequence)
    const before = this.refused.length
    for (const entry of entriesOf(manifest)) await this.takeObject(entry, isThere)
    if (this.refused.length > before) return
    if (isThere) this.there++
    else await this.takeManifest(sequence)
  }

  report(): MirrorReport {
    const { from, to, copied, there, objects, bytes, refused } = this
    return { from: from.name, to: to.name, copied, there, objects, bytes, refused }
  }

  /** @param isVouchedFor a manifest tells of it there: it was held against its SHA-256 when it was copied */
  private async takeObject(entry: Entry, isVouchedFor: boolean): Promise<void> {
    const { name, storedBytes } = entry
    const there = this.mirror.stored.get(name)
    try {
      if (there === undefined) await this.copy(entry)
      else if (there.bytes !== storedBytes) this.refuse(name, `${this.to.name} has another of ${there.bytes} bytes`)
      else if (!isVouchedFor) await this.compare(entry)
    } catch (error) {
      if (error !== this.failure || !isProblem(error)) throw error
      this.refuse(name, reasonOf(error, name))
    }
  }

  private async copy(entry: Entry): Promise<void> {
    const { name, storedBytes } = entry
    if ((await this.to.put(name, this.counted(readStored(this.from, entry)))) === 'taken') return this.compare(entry)
    this.objects++
    this.bytes += storedBytes
  }

  private async *counted(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    try {
      for await (const piece of pieces) {
        yield piece
        this.bytesDone += piece.length
        this.onProgress(this.bytesDone, this.bytesTotal)
      }
    } catch (error) {
      this.failure = error
      throw error
    }
  }

  private async compare(entry: Entry): Promise<void> {
    try {
      for await (const _ of readStored(this.to, entry));
    } catch (error) {
      if (!isProblem(error)) throw error
      this.refuse(entry.name, `${this.to.name} has another: ${reasonOf(error, entry.name)}`)
    }
  }

  private async takeManifest(sequence: number): Promise<void> {
    const { from, to, source } = this
    const name = manifestName(sequence)
    const { bytes } = await loadManifest(from, name)
    if (sha256Of(bytes) !== source.digests.get(sequence)) this.refuse(name, 'it was replaced while it was copied')
    else if ((await putBytes(to, name, bytes)) === 'stored') this.copied++
    else if (await this.hasManifest(name, bytes)) this.there++
    else this.refuse(name, `${to.name} has another, or a damaged one`)
  }

  /** Whether another run, at the same time, copied the same one. */
  private async hasManifest(name: string, bytes: Uint8Array): Promise<boolean> {
    try {
      return sha256Of((await loadManifest(this.to, name)).bytes) === sha256Of(bytes)
    } catch (error) {
      if (!isProblem(error)) throw error
      return false
    }
  }

  private refuse(object: string, reason: string): void {
    this.refused.push({ object, reason })
  }
}

function entriesOf({ parts, checkpoints }: Manifest): readonly Entry[] {
  return [...parts, ...checkpoints]
}

/** @throws ERR_RINGWAL_SEGMENTS */
function requireSameWay(from: ArchiveTarget, to: ArchiveTarget, source: Catalog, mirror: Mirror): void {
  const [one, other] = [source.manifests[0], mirror.manifests[0]]
  if (one !== undefined && other !== undefined && one.logId !== other.logId) {
    const message = `${to.name} is the archive of log ${other.logId}, and ${from.name} of ${one.logId}`
    throw new RingwalError('ERR_RINGWAL_SEGMENTS', message, { logId: other.logId })
  }
  for (const [sequence, digest] of source.digests) {
    if ((mirror.digests.get(sequence) ?? digest) === digest) continue
    const object = manifestName(sequence)
    const message = `${object} in ${to.name} is another than in ${from.name}: they were archived to apart from one another`
    throw new RingwalError('ERR_RINGWAL_SEGMENTS', message, { object })
  }
}

/** Backups that can not come any more, as they were given up before they were copied, leave a hole that is no loss. */
async function tellGivenUp(to: ArchiveTarget, source: Catalog, mirror: Mirror, now: number): Promise<void> {
  const holes = source.givenUp.without([...mirror.stored.keys()].flatMap((name) => parseManifestName(name) ?? []))
  if (mirror.givenUp.hasAll(holes)) return
  const newest = holes.ranges.at(-1)![1]
  const name = thinningName(newest, randomBytes(8).toString('hex'))
  await putBytes(to, name, encodeNote(now, mirror.givenUp.with(holes)))
}

function orEmpty(error: unknown): Mirror {
  if (error instanceof RingwalError && error.code === 'ERR_RINGWAL_NOT_FOUND') return EMPTY
  throw error
}
