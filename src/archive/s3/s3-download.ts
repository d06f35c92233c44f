import type { Readable } from 'node:stream'
import { RingwalError } from '../../errors.ts'
import type { ObjectBody, S3Calls } from './s3-calls.ts'
import { isMissing, s3Error } from './s3-error.ts'

/** Once more than the tries for each so many bytes: a large object meets more faults than a small one. */
const BYTES_PER_RESUME = 16 << 20

/** What is read: the name is that of the archive, the key that of the bucket. */
export interface Download {
  readonly calls: S3Calls
  readonly key: string
  readonly name: string
  readonly bytesMax: number
  /** Of the same object, the first included. */
  readonly attempts: number
}

/**
 * The bytes of an object. A connection that ends before they do is taken up again where it ended, for the same object only: by its
 * entity tag.
 * @throws ERR_RINGWAL_NOT_FOUND; ERR_RINGWAL_DAMAGED, before the first byte if it is too long, later if it is another one by then
 */
export async function* download(job: Download): AsyncGenerator<Uint8Array> {
  const first = await openFirst(job)
  const { etag } = first
  const size = sizeOf(job, first)
  let tries = job.attempts + Math.floor(size / BYTES_PER_RESUME)
  let body = first.body
  for (let at = 0; ; ) {
    try {
      for await (const piece of body as AsyncIterable<Uint8Array>) {
        if (at + piece.length > size) throw damaged(job, `has more than the ${size} bytes that it began with`)
        at += piece.length
        yield piece
      }
      if (at === size) return
      throw new Error(`the answer ended ${size - at} bytes before its end`)
    } catch (error) {
      if (error instanceof RingwalError) throw error
      if (--tries <= 0 || etag === undefined) throw s3Error('GetObject', job.calls.target, job.key, error)
    } finally {
      body.destroy()
    }
    if (at === size) return
    body = await openRest(job, { offset: at, etag: etag! }, size)
  }
}

async function openFirst({ calls, key, name }: Download): Promise<ObjectBody> {
  try {
    return await calls.open(key)
  } catch (error) {
    if (!isMissing(error)) throw error
    throw new RingwalError('ERR_RINGWAL_NOT_FOUND', `there is no ${name} in ${calls.target}`, { file: name }, error)
  }
}

function sizeOf(job: Download, { bytes, body }: ObjectBody): number {
  if (bytes !== undefined && bytes <= job.bytesMax) return bytes
  body.destroy()
  if (bytes === undefined) throw s3Error('GetObject', job.calls.target, job.key, new Error('it tells no length'))
  throw damaged(job, `has ${bytes} bytes, and may have ${job.bytesMax} at most`, bytes)
}

/** @throws ERR_RINGWAL_DAMAGED if it is not the object that was begun with: those of an archive never change */
async function openRest(job: Download, rest: { offset: number; etag: string }, size: number): Promise<Readable> {
  const { calls, key } = job
  try {
    const { body, range } = await calls.open(key, rest)
    if (range === `bytes ${rest.offset}-${size - 1}/${size}`) return body
    body.destroy()
  } catch (error) {
    const isChanged = error instanceof RingwalError && error.facts['status'] === 412
    if (!isChanged && !isMissing(error)) throw error
  }
  throw damaged(job, 'was replaced while it was read')
}

function damaged({ name }: Download, what: string, bytes?: number): RingwalError {
  const facts = { object: name, ...(bytes === undefined ? {} : { bytes }) }
  return new RingwalError('ERR_RINGWAL_DAMAGED', `${name} ${what}`, facts)
}
