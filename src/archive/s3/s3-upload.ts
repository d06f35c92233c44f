import { RingwalError } from '../../errors.ts'
import type { S3Calls, UploadedPart } from './s3-calls.ts'
import { isTaken } from './s3-error.ts'

const PARTS_MAX = 10_000

/** An object on its way: its key, and what it is known by to be ours once it is there. */
export interface Upload {
  readonly calls: S3Calls
  readonly key: string
  /** Drawn by lot. */
  readonly token: string
}

/** Stores an object of one part. @returns `taken` if its name is another's */
export async function uploadAtOnce({ calls, key, token }: Upload, bytes: Uint8Array): Promise<'stored' | 'taken'> {
  try {
    await calls.create(key, bytes, token)
    return 'stored'
  } catch (error) {
    return settle({ calls, key, token }, bytes.length, error)
  }
}

/**
 * Stores an object of several parts: it is there once they are put together, and not before. Whatever fails, the parts are given
 * up; should that fail too, a rule of the bucket has to (AbortIncompleteMultipartUpload).
 */
export async function uploadInParts(upload: Upload, parts: AsyncIterable<Uint8Array>): Promise<'stored' | 'taken'> {
  const { calls, key, token } = upload
  const id = await calls.beginUpload(key, token)
  let isWhole = false
  try {
    const { uploaded, bytes } = await uploadParts(upload, id, parts)
    const answer = await complete(upload, id, uploaded, bytes)
    isWhole = answer === 'stored'
    return answer
  } finally {
    if (!isWhole) await calls.abortUpload(key, id).catch(() => {})
  }
}

async function uploadParts(
  { calls, key }: Upload,
  id: string,
  parts: AsyncIterable<Uint8Array>,
): Promise<{ readonly uploaded: readonly UploadedPart[]; readonly bytes: number }> {
  const uploaded: UploadedPart[] = []
  let bytes = 0
  for await (const part of parts) {
    if (uploaded.length === PARTS_MAX) {
      const message = `${key} has more than ${PARTS_MAX} parts of ${bytes / PARTS_MAX} bytes: take larger ones (partBytes)`
      throw new RingwalError('ERR_RINGWAL_TOO_LARGE', message, { object: key })
    }
    uploaded.push(await calls.uploadPart(key, id, uploaded.length + 1, part))
    bytes += part.length
  }
  return { uploaded, bytes }
}

/** What is there then is looked at: a store that puts parts together wrongly would be found out by a restore only. */
async function complete(
  upload: Upload,
  id: string,
  parts: readonly UploadedPart[],
  bytes: number,
): Promise<'stored' | 'taken'> {
  const { calls, key } = upload
  try {
    await calls.completeUpload(key, id, parts)
  } catch (error) {
    return settle(upload, bytes, error)
  }
  if (await isOurs(upload, bytes)) return 'stored'
  const message = `${calls.target} has another object under ${key} than the ${bytes} bytes that were stored`
  throw new RingwalError('ERR_RINGWAL_IO', message, { operation: 'CompleteMultipartUpload', object: key })
}

/**
 * What became of a request that failed. One that was tried again finds its own object there, and one that got no answer may have
 * been carried out: what is there tells by its token.
 */
async function settle(upload: Upload, bytes: number, error: unknown): Promise<'stored' | 'taken'> {
  const isThere = await isOurs(upload, bytes).catch(() => false)
  if (isThere) return 'stored'
  if (isTaken(error)) return 'taken'
  throw error
}

async function isOurs({ calls, key, token }: Upload, bytes: number): Promise<boolean> {
  const head = await calls.head(key)
  return head.token === token && head.bytes === bytes
}
