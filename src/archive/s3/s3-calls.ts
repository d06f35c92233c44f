import { createHash } from 'node:crypto'
import type { Readable } from 'node:stream'
import type { S3Client } from '@aws-sdk/client-s3'
import { loadClient } from './load-client.ts'
import { s3Error } from './s3-error.ts'
import { locationOf, type ResolvedS3Spec } from './s3-spec.ts'

/** An object as its head tells of it. */
export interface ObjectHead {
  readonly bytes: number
  /** What `create` or `beginUpload` was given for it; undefined if others stored it. */
  readonly token: string | undefined
}

/** An object's bytes from an offset on, as they come. */
export interface ObjectBody {
  readonly bytes: number | undefined
  readonly etag: string | undefined
  /** As HTTP has it; undefined unless a part of the object was asked for. */
  readonly range: string | undefined
  readonly body: Readable
}

export interface ListPage {
  readonly objects: readonly { readonly key: string; readonly bytes: number }[]
  /** Undefined behind the last page. */
  readonly next: string | undefined
}

export interface UploadedPart {
  readonly PartNumber: number
  readonly ETag: string
  readonly ChecksumSHA256?: string
}

type Sdk = Awaited<ReturnType<typeof loadClient>>

/** Under this name an object's metadata tell which call stored it. */
const TOKEN = 'ringwal-put'

/**
 * The requests of the S3 interface that an archive needs, each of them bounded in time and tries. Whatever is wrong with one is an
 * ERR_RINGWAL_IO.
 */
export class S3Calls {
  readonly target: string
  private readonly spec: ResolvedS3Spec
  private readonly bucket: string
  private opened: Promise<{ readonly sdk: Sdk; readonly client: S3Client }> | undefined

  constructor(spec: ResolvedS3Spec) {
    this.spec = spec
    this.target = spec.url
    this.bucket = locationOf('archive', spec.url).bucket
  }

  /** Stores an object unless its name is taken. @param token told by `head` from then on */
  create(key: string, body: Uint8Array, token: string): Promise<unknown> {
    const input = { ...this.at(key), Body: body, ChecksumSHA256: checksumOf(body), IfNoneMatch: '*' }
    return this.call('PutObject', key, ({ sdk, client }, abort) =>
      client.send(new sdk.PutObjectCommand({ ...input, Metadata: { [TOKEN]: token } }), abort),
    )
  }

  async head(key: string): Promise<ObjectHead> {
    const { ContentLength, Metadata } = await this.call('HeadObject', key, ({ sdk, client }, abort) =>
      client.send(new sdk.HeadObjectCommand(this.at(key)), abort),
    )
    return { bytes: ContentLength ?? 0, token: Metadata?.[TOKEN] }
  }

  /** @param rest where to go on in which object; without, all of it */
  async open(key: string, rest?: { readonly offset: number; readonly etag: string }): Promise<ObjectBody> {
    const part = rest === undefined ? {} : { Range: `bytes=${rest.offset}-`, IfMatch: rest.etag }
    const answer = await this.call('GetObject', key, ({ sdk, client }, abort) =>
      client.send(new sdk.GetObjectCommand({ ...this.at(key), ...part }), abort),
    )
    const { ContentLength: bytes, ETag: etag, ContentRange: range, Body } = answer
    return { bytes, etag, range, body: Body as Readable }
  }

  /** @param next of the page before */
  async list(prefix: string, next: string | undefined): Promise<ListPage> {
    const page = { Delimiter: '/', EncodingType: 'url', MaxKeys: this.spec.pageSize, ContinuationToken: next } as const
    const answer = await this.call('ListObjectsV2', prefix, ({ sdk, client }, abort) =>
      client.send(new sdk.ListObjectsV2Command({ Bucket: this.bucket, Prefix: prefix, ...page }), abort),
    )
    const { Contents = [], CommonPrefixes = [], EncodingType, IsTruncated, NextContinuationToken } = answer
    // Control characters can not stand in XML: a store that can encodes them.
    const plain = EncodingType === 'url' ? decoded : (key: string) => key
    const objects = Contents.map(({ Key = '', Size = 0 }) => ({ key: plain(Key), bytes: Size }))
    const folders = CommonPrefixes.map(({ Prefix = '' }) => ({ key: plain(Prefix), bytes: 0 }))
    const isLast = IsTruncated !== true
    return { objects: [...objects, ...folders], next: isLast ? undefined : (NextContinuationToken ?? '') }
  }

  remove(key: string): Promise<unknown> {
    return this.call('DeleteObject', key, ({ sdk, client }, abort) =>
      client.send(new sdk.DeleteObjectCommand(this.at(key)), abort),
    )
  }

  /** @returns the upload's id */
  async beginUpload(key: string, token: string): Promise<string> {
    const input = { ...this.at(key), ChecksumAlgorithm: 'SHA256', Metadata: { [TOKEN]: token } } as const
    const { UploadId } = await this.call('CreateMultipartUpload', key, ({ sdk, client }, abort) =>
      client.send(new sdk.CreateMultipartUploadCommand(input), abort),
    )
    return UploadId ?? ''
  }

  async uploadPart(key: string, upload: string, number: number, body: Uint8Array): Promise<UploadedPart> {
    const checksum = checksumOf(body)
    const part = { UploadId: upload, PartNumber: number, Body: body, ChecksumSHA256: checksum }
    const { ETag = '', ChecksumSHA256 } = await this.call('UploadPart', key, ({ sdk, client }, abort) =>
      client.send(new sdk.UploadPartCommand({ ...this.at(key), ...part }), abort),
    )
    // A store that does not know checksums does not want them told when the parts are put together.
    return { PartNumber: number, ETag, ...(ChecksumSHA256 === undefined ? {} : { ChecksumSHA256: checksum }) }
  }

  /** Makes an object of the parts unless its name is taken. */
  completeUpload(key: string, upload: string, parts: readonly UploadedPart[]): Promise<unknown> {
    const input = { UploadId: upload, MultipartUpload: { Parts: [...parts] }, IfNoneMatch: '*' }
    return this.call('CompleteMultipartUpload', key, ({ sdk, client }, abort) =>
      client.send(new sdk.CompleteMultipartUploadCommand({ ...this.at(key), ...input }), abort),
    )
  }

  abortUpload(key: string, upload: string): Promise<unknown> {
    return this.call('AbortMultipartUpload', key, ({ sdk, client }, abort) =>
      client.send(new sdk.AbortMultipartUploadCommand({ ...this.at(key), UploadId: upload }), abort),
    )
  }

  private at(key: string): { readonly Bucket: string; readonly Key: string } {
    return { Bucket: this.bucket, Key: key }
  }

  private async call<Answer>(
    operation: string,
    key: string,
    run: (opened: { sdk: Sdk; client: S3Client }, abort: { abortSignal: AbortSignal }) => Promise<Answer>,
  ): Promise<Answer> {
    const late = new AbortController()
    const timer = setTimeout(() => late.abort(), this.spec.requestTimeoutMs)
    try {
      this.opened ??= openClient(this.spec)
      return await run(await this.opened, { abortSignal: late.signal })
    } catch (error) {
      throw s3Error(operation, this.target, key, error)
    } finally {
      clearTimeout(timer)
    }
  }
}

async function openClient(spec: ResolvedS3Spec): Promise<{ readonly sdk: Sdk; readonly client: S3Client }> {
  const sdk = await loadClient()
  const { AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL, AWS_REGION, AWS_DEFAULT_REGION } = process.env
  const endpoint = spec.endpoint ?? (AWS_ENDPOINT_URL_S3 || AWS_ENDPOINT_URL || undefined)
  const region = spec.region ?? (AWS_REGION || AWS_DEFAULT_REGION || (endpoint === undefined ? undefined : 'us-east-1'))
  const { connectTimeoutMs, idleTimeoutMs, requestTimeoutMs, attempts } = spec
  const client = new sdk.S3Client({
    ...(region === undefined ? {} : { region }),
    // A store of one's own rarely has a name for each bucket.
    ...(endpoint === undefined ? {} : { endpoint, forcePathStyle: true }),
    maxAttempts: attempts,
    retryMode: 'standard',
    // Each request has the checksum that it is given here; what the client would add in a trailer, many stores do not read.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    // Manifests tell the SHA-256 of all that is read.
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: {
      connectionTimeout: connectTimeoutMs,
      socketTimeout: idleTimeoutMs,
      requestTimeout: requestTimeoutMs,
      throwOnRequestTimeout: true,
    },
  })
  return { sdk, client }
}

/** A key that is not encoded as it says stays as it came: no archive has such a name. */
function decoded(key: string): string {
  try {
    return decodeURIComponent(key.replaceAll('+', ' '))
  } catch {
    return key
  }
}

function checksumOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('base64')
}
