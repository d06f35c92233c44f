import { integerOption, optionError } from '../../errors.ts'

/**
 * Says where an archive in an S3-compatible store is, and how patient to be with it. Credentials are never part of it: they come
 * from where the client looks for them (AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, a profile, a role). Can be cloned to another
 * thread.
 */
export interface S3Spec {
  /** `s3://bucket` or `s3://bucket/prefix`. */
  readonly url: string
  /** Of a store that is not Amazon's; by default AWS_ENDPOINT_URL_S3, or AWS_ENDPOINT_URL. With one, paths hold the bucket. */
  readonly endpoint?: string
  /** By default AWS_REGION, AWS_DEFAULT_REGION, or the profile's; `us-east-1` for an endpoint without any. */
  readonly region?: string
  /** Of a part of a larger object, and of what is held in memory of it, two at a time. 5 MiB to 1 GiB; 8 MiB by default. */
  readonly partBytes?: number
  /** Milliseconds until a connection stands. 1 to 600,000; 5,000 by default. */
  readonly connectTimeoutMs?: number
  /** Milliseconds that a connection may be silent. 1 to 600,000; 30,000 by default. */
  readonly idleTimeoutMs?: number
  /** Milliseconds for one request with all its tries, without the body of an answer. 1 to 3,600,000; 300,000 by default. */
  readonly requestTimeoutMs?: number
  /** Tries of one request, the first included. 1 to 20; 4 by default. */
  readonly attempts?: number
  /** Names in one page of a list. 1 to 1000, and 1000 by default. */
  readonly pageSize?: number
}

/** All of it, with what was left out; endpoint and region stay open, as the environment of who opens it counts. */
export type ResolvedS3Spec = Required<Omit<S3Spec, 'endpoint' | 'region'>> & Pick<S3Spec, 'endpoint' | 'region'>

const MIB = 1 << 20
const URL_START = 's3://'
const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/
/** What Amazon calls safe in keys: nothing in it is encoded, or resolved as `..` is. */
const FOLDER = /^[\w!.*'()=-]+$/
const PREFIX_MAX = 512

const KNOWN: readonly string[] = [
  ...['url', 'endpoint', 'region', 'partBytes', 'connectTimeoutMs', 'idleTimeoutMs', 'requestTimeoutMs'],
  ...['attempts', 'pageSize'],
]

export function isS3Url(text: string): boolean {
  return text.startsWith(URL_START)
}

/** @param option named in the error @throws ERR_RINGWAL_OPTION */
export function resolveS3Spec(option: string, given: string | S3Spec): ResolvedS3Spec {
  const spec: S3Spec = typeof given === 'string' ? { url: given } : given
  for (const [name, value] of Object.entries(spec))
    if (!KNOWN.includes(name)) throw optionError(`${option}.${name}`, value, `one of ${KNOWN.join(', ')}`)
  const { url, endpoint, region } = spec
  const { bucket, prefix } = locationOf(option, url)
  const integer = (name: keyof S3Spec, by: number, min: number, max: number): number =>
    integerOption(`${option}.${name}`, spec[name] ?? by, min, max)
  if (endpoint !== undefined) requireEndpoint(`${option}.endpoint`, endpoint)
  if (region !== undefined && (typeof region !== 'string' || !/^[a-z0-9-]+$/.test(region)))
    throw optionError(`${option}.region`, region, 'a region, such as eu-central-1')
  return {
    url: prefix === '' ? `${URL_START}${bucket}` : `${URL_START}${bucket}/${prefix.slice(0, -1)}`,
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(region === undefined ? {} : { region }),
    partBytes: integer('partBytes', 8 * MIB, 5 * MIB, 1024 * MIB),
    connectTimeoutMs: integer('connectTimeoutMs', 5000, 1, 600_000),
    idleTimeoutMs: integer('idleTimeoutMs', 30_000, 1, 600_000),
    requestTimeoutMs: integer('requestTimeoutMs', 300_000, 1, 3_600_000),
    attempts: integer('attempts', 4, 1, 20),
    pageSize: integer('pageSize', 1000, 1, 1000),
  }
}

/** The bucket, and what keys begin with: nothing, or a prefix and a slash. @throws ERR_RINGWAL_OPTION */
export function locationOf(option: string, url: unknown): { readonly bucket: string; readonly prefix: string } {
  if (typeof url === 'string' && isS3Url(url)) {
    const [bucket = '', ...folders] = url.slice(URL_START.length).replace(/\/$/, '').split('/')
    const areFine = folders.every((folder) => FOLDER.test(folder) && !/^\.+$/.test(folder))
    const prefix = folders.map((folder) => `${folder}/`).join('')
    if (BUCKET.test(bucket) && areFine && prefix.length <= PREFIX_MAX) return { bucket, prefix }
  }
  throw optionError(option, url, "s3://bucket/prefix, of letters, digits and - _ . ! * ' ( ) =")
}

/** What stands before an @ would be shown wherever the endpoint is. */
function requireEndpoint(option: string, endpoint: unknown): void {
  const url = typeof endpoint === 'string' && URL.canParse(endpoint) ? new URL(endpoint) : undefined
  const isPlain = url?.username === '' && url.password === '' && url.search === '' && url.hash === ''
  if (isPlain && /^https?:$/.test(url.protocol)) return
  throw optionError(
    option,
    url === undefined ? endpoint : `${url.protocol}//…`,
    'http://host:port or https://host:port',
  )
}
