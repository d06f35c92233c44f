import { RingwalError } from '../../errors.ts'
import type { S3Calls } from './s3-calls.ts'
import { isTaken } from './s3-error.ts'

/** Beside the archive's objects, and passed over where they are listed. */
export const PROBE = '.ringwal-probe'

const BYTES: Uint8Array = Buffer.from('Tells whether this store refuses to overwrite.\n')

/**
 * Whether a store keeps what is there: that `If-None-Match: *` is refused for a name that is taken. Many stores that do not know it
 * pass over it and overwrite, and two archivers would take one another's objects; to look first whether a name is free does not
 * help, as another may take it in between. So it is tried, on an object that is there for that, before the first object is
 * stored; and that of the last step of an upload in parts before the first one of those.
 */
export class S3Conditions {
  private readonly calls: S3Calls
  private readonly key: string
  private readonly newToken: () => string
  private isPutTried = false
  private isCompleteTried = false

  /** @param prefix what keys begin with */
  constructor(calls: S3Calls, prefix: string, newToken: () => string) {
    this.calls = calls
    this.key = `${prefix}${PROBE}`
    this.newToken = newToken
  }

  /** @throws ERR_RINGWAL_IO with the fact `s3Code` ConditionIgnored */
  async requirePut(): Promise<void> {
    if (this.isPutTried) return
    const put = (): Promise<boolean> => isRefused(this.calls.create(this.key, BYTES, this.newToken()))
    // The first of them may have made it.
    if (!(await put()) && !(await put())) throw this.ignored('PutObject')
    this.isPutTried = true
  }

  /** Behind `requirePut`, which leaves the name taken. @throws as that */
  async requireComplete(): Promise<void> {
    if (this.isCompleteTried) return
    const { calls, key } = this
    const upload = await calls.beginUpload(key, this.newToken())
    try {
      const part = await calls.uploadPart(key, upload, 1, BYTES)
      if (!(await isRefused(calls.completeUpload(key, upload, [part])))) throw this.ignored('CompleteMultipartUpload')
    } finally {
      await calls.abortUpload(key, upload).catch(() => {})
    }
    this.isCompleteTried = true
  }

  private ignored(operation: string): RingwalError {
    const { target } = this.calls
    const message = `${target} overwrites: its ${operation} passes over If-None-Match. An archive there would not be safe`
    return new RingwalError('ERR_RINGWAL_IO', message, { operation, object: this.key, s3Code: 'ConditionIgnored' })
  }
}

async function isRefused(put: Promise<unknown>): Promise<boolean> {
  try {
    await put
    return false
  } catch (error) {
    if (isTaken(error)) return true
    throw error
  }
}
