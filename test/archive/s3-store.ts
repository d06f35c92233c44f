/**
 * A real S3 server (fauxqs) on loopback, behind a gate that does what that server does not and Amazon's does: refuse to overwrite
 * (`If-None-Match: *`), hold bodies against their checksums, and know who asks. The gate counts what is asked, and fails it as
 * planned.
 */
import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type FauxqsServer, startFauxqs } from 'fauxqs'
import { onTestFinished } from 'vitest'
import type { S3Spec } from '../../src/archive/index.ts'
import { giveAnswer, PlannedS3Faults, refusal, type S3Answer, type S3Operation } from './s3-faults.ts'

export const BUCKET = 'wal-archive'
export const ACCESS_KEY = 'ringwal-tests'
/** Node 20 is told of its end by the client, on stderr. */
const QUIET = { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' }

export interface S3StoreOptions {
  /** What the gate adds: a store without them is the server as it is. */
  readonly conditions?: 'all' | 'put-only' | 'none'
  /** Whether checksums are told back, and wanted, as Amazon does. */
  readonly checksums?: boolean
}

export interface Asked {
  readonly operation: S3Operation
  readonly key: string
  readonly bytes: number
  /** Whether the request tells the SHA-256 of its body. */
  readonly isChecked: boolean
}

/** A store of this test's own. The environment holds its credentials until the test is over. */
export async function s3Store(options: S3StoreOptions = {}): Promise<S3Store> {
  const store = await S3Store.start(options)
  const before = { ...process.env }
  const own = { AWS_ENDPOINT_URL_S3: store.endpoint, AWS_ACCESS_KEY_ID: ACCESS_KEY, AWS_SECRET_ACCESS_KEY: 'hush-hush' }
  Object.assign(process.env, own, { AWS_REGION: 'eu-central-1', AWS_EC2_METADATA_DISABLED: 'true', ...QUIET })
  onTestFinished(async () => {
    for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) delete process.env[name]
    Object.assign(process.env, before)
    await store.stop()
  })
  return store
}

export class S3Store {
  readonly faults: PlannedS3Faults = new PlannedS3Faults()
  readonly asked: Asked[] = []
  /** Uploads in parts that were begun, and neither ended nor given up. */
  readonly openUploads: Set<string> = new Set()
  private readonly options: Required<S3StoreOptions>
  private readonly server: FauxqsServer
  private readonly gate: Server
  /** One request that may overwrite at a time: between the look and the deed nobody comes in. */
  private turn: Promise<unknown> = Promise.resolve()

  private constructor(options: S3StoreOptions, server: FauxqsServer) {
    this.options = { conditions: 'all', checksums: true, ...options }
    this.server = server
    this.gate = createServer((incoming, response) => {
      this.take(incoming, response).catch(() => response.destroy())
    })
  }

  static async start(options: S3StoreOptions): Promise<S3Store> {
    const server = await startFauxqs({ port: 0, host: '127.0.0.1', logger: false })
    server.createBucket(BUCKET)
    const store = new S3Store(options, server)
    await new Promise<void>((resolve) => store.gate.listen(0, '127.0.0.1', resolve))
    return store
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.gate.address() as AddressInfo).port}`
  }

  /** A place in the bucket. */
  spec(prefix: string, more: Partial<S3Spec> = {}): S3Spec {
    return { url: `s3://${BUCKET}/${prefix}`, partBytes: 5 << 20, ...more }
  }

  async stop(): Promise<void> {
    this.gate.closeAllConnections()
    await new Promise((resolve) => this.gate.close(resolve))
    await this.server.stop()
  }

  /** How often something was asked for. */
  count(operation: S3Operation): number {
    return this.asked.filter((one) => one.operation === operation).length
  }

  private async take(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodyOf(incoming)
    const operation = operationOf(incoming)
    const isChecked = incoming.headers['x-amz-checksum-sha256'] !== undefined
    this.asked.push({ operation, key: keyOf(incoming), bytes: body.length, isChecked })
    const fault = this.faults.take(operation)
    if (fault?.kind === 'hang') return
    if (fault?.kind === 'refuse') return giveAnswer(response, refusal(fault.status, fault.code))
    if (fault?.kind === 'reset' && !fault.isDone) return void response.destroy()
    if (fault?.kind === 'before') await fault.act()
    if (fault?.kind === 'flip') body[body.length >> 1]! ^= 4
    const answer = await this.answerInTurn(incoming, operation, body)
    if (fault?.kind === 'reset') return void response.destroy()
    giveAnswer(response, fault?.kind === 'change' ? fault.change(answer) : answer, fault)
  }

  private answerInTurn(incoming: IncomingMessage, operation: S3Operation, body: Buffer): Promise<S3Answer> {
    const answer = this.turn.then(() => this.answer(incoming, operation, body))
    this.turn = answer.catch(() => {})
    return answer
  }

  private async answer(incoming: IncomingMessage, operation: S3Operation, body: Buffer): Promise<S3Answer> {
    const { headers } = incoming
    const key = /Credential=([^/]+)\//.exec(headers.authorization ?? '')?.[1]
    if (key !== ACCESS_KEY) return refusal(403, 'InvalidAccessKeyId')
    const told = headers['x-amz-checksum-sha256']
    if (told !== undefined && told !== createHash('sha256').update(body).digest('base64'))
      return refusal(400, 'BadDigest')
    if (this.mindsCondition(operation) && headers['if-none-match'] === '*' && (await this.isThere(incoming)))
      return refusal(412, 'PreconditionFailed')
    if (operation === 'CompleteMultipartUpload' && this.options.checksums) body = withoutChecksums(body)
    const answer = await this.ask(
      incoming.method!,
      incoming.url!,
      { ...headers, 'content-length': String(body.length) },
      body,
    )
    if (answer.status < 300) this.noteUpload(operation, incoming, answer)
    if (told === undefined || !this.options.checksums) return answer
    return { ...answer, headers: { ...answer.headers, 'x-amz-checksum-sha256': told } }
  }

  private mindsCondition(operation: S3Operation): boolean {
    const { conditions } = this.options
    return conditions === 'all' || (conditions === 'put-only' && operation === 'PutObject')
  }

  private async isThere({ url, headers }: IncomingMessage): Promise<boolean> {
    const { status } = await this.ask(
      'HEAD',
      new URL(url!, this.endpoint).pathname,
      { host: headers.host },
      Buffer.alloc(0),
    )
    return status === 200
  }

  private noteUpload(operation: S3Operation, { url }: IncomingMessage, { body }: S3Answer): void {
    const id = new URL(url!, this.endpoint).searchParams.get('uploadId') ?? ''
    if (operation === 'CreateMultipartUpload') this.openUploads.add(/<UploadId>(.*?)</.exec(body.toString())![1]!)
    if (operation === 'CompleteMultipartUpload' || operation === 'AbortMultipartUpload') this.openUploads.delete(id)
  }

  private ask(method: string, path: string, headers: IncomingMessage['headers'], body: Buffer): Promise<S3Answer> {
    return new Promise((resolve, reject) => {
      const asked = request({ host: '127.0.0.1', port: this.server.port, method, path, headers }, (answer) => {
        const { statusCode: status = 0, headers } = answer
        bodyOf(answer).then((bytes) => resolve({ status, headers, body: bytes }), reject)
      })
      asked.on('error', reject)
      asked.end(body)
    })
  }
}

/** Amazon wants the checksums of parts told again; fauxqs does not know them. */
function withoutChecksums(body: Buffer): Buffer {
  return Buffer.from(body.toString().replace(/<ChecksumSHA256>.*?<\/ChecksumSHA256>/g, ''))
}

async function bodyOf(message: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = []
  for await (const piece of message) pieces.push(piece)
  return Buffer.concat(pieces)
}

function keyOf({ url }: IncomingMessage): string {
  return new URL(url!, 'http://store').pathname.split('/').slice(2).join('/')
}

function operationOf(incoming: IncomingMessage): S3Operation {
  const { searchParams } = new URL(incoming.url!, 'http://store')
  const isOfUpload = searchParams.has('uploadId')
  switch (incoming.method) {
    case 'GET':
      return keyOf(incoming) === '' ? 'ListObjectsV2' : 'GetObject'
    case 'HEAD':
      return 'HeadObject'
    case 'DELETE':
      return isOfUpload ? 'AbortMultipartUpload' : 'DeleteObject'
    case 'POST':
      return isOfUpload ? 'CompleteMultipartUpload' : 'CreateMultipartUpload'
    default:
      return isOfUpload ? 'UploadPart' : 'PutObject'
  }
}
