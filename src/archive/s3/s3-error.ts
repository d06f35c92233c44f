import { RingwalError } from '../../errors.ts'

/** What an error of the client tells, as far as it is of use: the rest of it may hold what is signed. */
interface S3Failure {
  readonly code: string
  readonly message: string
  readonly status: number | undefined
  readonly requestId: string | undefined
}

const TEXT_MAX = 300

/** What an operation needs, in the words of Amazon's policies. */
const RIGHTS: Readonly<Record<string, string>> = {
  ListObjectsV2: 's3:ListBucket',
  HeadObject: 's3:GetObject',
  CreateMultipartUpload: 's3:PutObject',
  UploadPart: 's3:PutObject',
  CompleteMultipartUpload: 's3:PutObject',
}

/** In plain words; what is not here is told in the store's own. */
const REASONS: Readonly<Record<string, string>> = {
  NoSuchBucket: 'there is no such bucket',
  InvalidAccessKeyId: 'the store does not know these credentials',
  SignatureDoesNotMatch: 'the store does not accept these credentials: the secret key is not that of the access key',
  ExpiredToken: 'the credentials have expired',
  InvalidToken: 'the store does not accept the session token of these credentials',
  CredentialsProviderError:
    'there are no credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a profile or role that gives them',
  PermanentRedirect: 'the bucket is in another region: set AWS_REGION',
  AuthorizationHeaderMalformed: 'the bucket is in another region, or AWS_REGION is not set as the store has it',
  RequestTimeTooSkewed: 'the clock of this machine is wrong',
}

const TIMED_OUT: readonly string[] = ['TimeoutError', 'AbortError', 'ETIMEDOUT', 'ESOCKETTIMEDOUT']

/**
 * An error of the client as ERR_RINGWAL_IO, with the facts `operation`, `object` (the key), `s3Code`, and `status` and `requestId`
 * where the store gave an answer. The client's own error is not its cause: what it holds of the request is signed with the
 * credentials.
 */
export function s3Error(operation: string, target: string, key: string, error: unknown): RingwalError {
  if (error instanceof RingwalError) return error
  const { code, message, status, requestId } = failureOf(error)
  const told = [status, code].filter((one) => one !== undefined).join(' ')
  const what = `${operation} of ${key} in ${target} failed: ${told} (${reasonFor(operation, code, status, message)})`
  const facts = { operation, object: key, s3Code: code, ...(status === undefined ? {} : { status }) }
  return new RingwalError('ERR_RINGWAL_IO', what, requestId === undefined ? facts : { ...facts, requestId })
}

function reasonFor(operation: string, code: string, status: number | undefined, message: string): string {
  const reason = REASONS[code]
  if (reason !== undefined) return reason
  if (code === 'AccessDenied' || status === 403)
    return `access denied: the credentials need ${RIGHTS[operation] ?? `s3:${operation}`}`
  if (TIMED_OUT.includes(code)) return 'no answer in time'
  if (/^Region is missing/.test(message)) return 'no region: set AWS_REGION'
  return message.slice(0, TEXT_MAX)
}

function failureOf(error: unknown): S3Failure {
  const { name, code, message, $metadata, errors } = Object(error)
  // Of several addresses none answered: each failed for itself.
  const first = Array.isArray(errors) ? Object(errors[0]) : {}
  const known = [code, first.code, name].find((one) => typeof one === 'string' && one !== '' && one !== 'Error')
  const text = [message, first.message].find((one) => typeof one === 'string' && one !== '')
  const { httpStatusCode: status, requestId } = Object($metadata)
  return {
    code: String(known ?? 'UnknownError'),
    message: String(text ?? 'no reason told'),
    status: typeof status === 'number' ? status : undefined,
    requestId: typeof requestId === 'string' ? requestId : undefined,
  }
}

/** Whether a store refused to store an object, as its name is taken, or is being taken just now. */
export function isTaken(error: unknown): boolean {
  return error instanceof RingwalError && (error.facts['status'] === 412 || error.facts['status'] === 409)
}

/** Whether there is no such object. That there is no such bucket is no answer to that. */
export function isMissing(error: unknown): boolean {
  return error instanceof RingwalError && error.facts['status'] === 404 && error.facts['s3Code'] !== 'NoSuchBucket'
}
