/** What a store can do to a request, beside answering it. */
import type { IncomingHttpHeaders, ServerResponse } from 'node:http'

/** In the words of Amazon's interface. */
export type S3Operation =
  | 'AbortMultipartUpload'
  | 'CompleteMultipartUpload'
  | 'CreateMultipartUpload'
  | 'DeleteObject'
  | 'GetObject'
  | 'HeadObject'
  | 'ListObjectsV2'
  | 'PutObject'
  | 'UploadPart'

export type FaultKind =
  /** An error as a store tells it, and nothing done. */
  | { readonly kind: 'refuse'; readonly status: number; readonly code: string }
  /** The connection ends, before or after the request was carried out. */
  | { readonly kind: 'reset'; readonly isDone: boolean }
  /** No answer at all. */
  | { readonly kind: 'hang' }
  /** The answer's body ends early: the connection does, or falls silent. */
  | { readonly kind: 'cut'; readonly bytes: number; readonly isSilent: boolean }
  /** Another answer than the server's. */
  | { readonly kind: 'change'; readonly change: (answer: S3Answer) => S3Answer }
  /** A bit of the request's body flips on its way. */
  | { readonly kind: 'flip' }
  /** Something happens before the request is carried out. */
  | { readonly kind: 'before'; readonly act: () => Promise<unknown> }

export interface S3Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

export type Fault = FaultKind & {
  readonly operation: S3Operation
  /** How often; once by default. */
  readonly times?: number
  /** Requests of this operation that are let through before. */
  readonly after?: number
}

/** Faults that wait for their request. */
export class PlannedS3Faults {
  private waiting: { fault: Fault; after: number; times: number }[] = []

  plan(fault: Fault): void {
    this.waiting.push({ fault, after: fault.after ?? 0, times: fault.times ?? 1 })
  }

  clear(): void {
    this.waiting = []
  }

  take(operation: S3Operation): Fault | undefined {
    const found = this.waiting.find(({ fault, times }) => fault.operation === operation && times > 0)
    if (found === undefined) return undefined
    if (found.after-- > 0) return undefined
    found.times--
    return found.fault
  }
}

/** Gives an answer out, cut as a fault wants it. */
export function giveAnswer(response: ServerResponse, { status, headers, body }: S3Answer, fault?: Fault): void {
  const { 'transfer-encoding': _, connection: __, ...told } = headers
  response.writeHead(status, told)
  if (fault?.kind !== 'cut') response.end(body)
  else if (fault.isSilent) response.write(body.subarray(0, fault.bytes))
  else response.write(body.subarray(0, fault.bytes), () => response.destroy())
}

/** An error as a store tells it. */
export function refusal(status: number, code: string): S3Answer {
  const text = `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>refused by a test</Message></Error>`
  const headers = { 'content-type': 'application/xml', 'x-amz-request-id': `request-${code}` }
  return { status, headers, body: Buffer.from(text) }
}
