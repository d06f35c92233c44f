import { randomUUID } from 'node:crypto'
import { RingwalError } from '../errors.ts'
import { isArchiveName } from './archive-names.ts'
import type { ArchiveTarget, StoredObject } from './archive-target.ts'
import { S3Calls } from './s3/s3-calls.ts'
import { PROBE, S3Conditions } from './s3/s3-conditions.ts'
import { download } from './s3/s3-download.ts'
import { partsOf } from './s3/s3-parts.ts'
import { locationOf, type ResolvedS3Spec, resolveS3Spec, type S3Spec } from './s3/s3-spec.ts'
import { uploadAtOnce, uploadInParts } from './s3/s3-upload.ts'

/**
 * An archive in a bucket of Amazon S3, or of a store with its interface. It needs the package `@aws-sdk/client-s3`, which is loaded
 * at the first call; endpoint, region and credentials come from the usual environment. What `put` stored is as durable as the
 * store makes what it has said yes to; Amazon's has it in three places by then.
 *
 * A store must refuse to overwrite (`If-None-Match: *`); before the first object is stored that is tried, on `.ringwal-probe`.
 * @throws ERR_RINGWAL_OPTION
 */
export function s3Target(spec: string | S3Spec): ArchiveTarget {
  return new S3Target(resolveS3Spec('archive', spec))
}

const NOTHING = new Uint8Array(0)

class S3Target implements ArchiveTarget {
  readonly name: string
  private readonly spec: ResolvedS3Spec
  private readonly prefix: string
  private readonly calls: S3Calls
  private readonly conditions: S3Conditions

  constructor(spec: ResolvedS3Spec) {
    this.spec = spec
    this.name = spec.url
    this.prefix = locationOf('archive', spec.url).prefix
    this.calls = new S3Calls(spec)
    this.conditions = new S3Conditions(this.calls, this.prefix, randomUUID)
  }

  async put(name: string, pieces: AsyncIterable<Uint8Array>): Promise<'stored' | 'taken'> {
    const upload = { calls: this.calls, key: this.keyOf(name), token: randomUUID() }
    await this.conditions.requirePut()
    const parts = partsOf(pieces, this.spec.partBytes)
    try {
      const { value: first = NOTHING } = await parts.next()
      const { value: second } = await parts.next()
      if (second === undefined) return await uploadAtOnce(upload, first)
      await this.conditions.requireComplete()
      return await uploadInParts(upload, joined([first, second], parts))
    } finally {
      await parts.return(undefined)
    }
  }

  async *get(name: string, bytesMax: number): AsyncGenerator<Uint8Array> {
    const { calls, spec } = this
    yield* download({ calls, key: this.keyOf(name), name, bytesMax, attempts: spec.attempts })
  }

  async list(): Promise<readonly StoredObject[]> {
    const found: StoredObject[] = []
    let next: string | undefined
    let isThere = false
    do {
      const page = await this.calls.list(this.prefix, next)
      isThere ||= page.objects.length > 0
      for (const { key, bytes } of page.objects) {
        const name = this.nameOf(key)
        if (name !== PROBE) found.push({ name, bytes })
      }
      if (page.next !== undefined && page.next === next) throw this.badList('comes to no end')
      next = page.next
    } while (next !== undefined)
    // A bucket has no directories: what has nothing in it is not there.
    if (!isThere)
      throw new RingwalError('ERR_RINGWAL_NOT_FOUND', `there is no archive at ${this.name}`, { path: this.name })
    return found
  }

  async remove(name: string): Promise<void> {
    await this.calls.remove(this.keyOf(name))
  }

  private keyOf(name: string): string {
    if (isArchiveName(name)) return `${this.prefix}${name}`
    throw new RingwalError('ERR_RINGWAL_INTERNAL', `no archive has an object ${JSON.stringify(name)}`, { object: name })
  }

  private nameOf(key: string): string {
    if (key.startsWith(this.prefix)) return key.slice(this.prefix.length)
    throw this.badList(`has ${JSON.stringify(key.slice(0, 80))}, which is not below ${this.prefix}`)
  }

  private badList(what: string): RingwalError {
    const message = `the list of ${this.name} ${what}`
    return new RingwalError('ERR_RINGWAL_IO', message, { operation: 'ListObjectsV2', object: this.prefix })
  }
}

async function* joined(parts: readonly Uint8Array[], rest: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* parts
  yield* rest
}
