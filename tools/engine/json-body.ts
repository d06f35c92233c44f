import { isUtf8 } from 'node:buffer'
import type { IncomingMessage } from 'node:http'
import { RingwalError } from '../../src/errors.ts'
import { inexactNumber } from '../input/inexact-number.ts'
import { refuse } from './http-refusal.ts'

const BODY_BYTES_MAX: number = 1 << 20

/**
 * The JSON of a request's body; undefined if it is empty. Nothing is read of one that says to be too long.
 * @throws ERR_RINGWAL_TOO_LARGE; ERR_RINGWAL_INPUT for what is not JSON in UTF-8, or would lose digits as a double
 */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  const { 'content-type': type = '', 'content-encoding': encoding = 'identity' } = request.headers
  if (!/^application\/json\s*(;|$)/i.test(type)) throw refuse(415, 'the content-type must be application/json')
  if (encoding !== 'identity') throw refuse(415, 'the body must not be encoded')
  const bytes = await readBytes(request)
  if (bytes.length === 0) return undefined
  if (!isUtf8(bytes)) throw refuse(400, 'the body is not UTF-8')
  return parse(bytes.toString())
}

function parse(text: string): unknown {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw refuse(400, `the body is not JSON: ${(error as Error).message}`)
  }
  const number = inexactNumber(text)
  if (number === undefined) return value
  throw refuse(400, `${number} can not be kept exactly; quote it`, { value: number, allowed: 'the same in quotes' })
}

function readBytes(request: IncomingMessage): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > BODY_BYTES_MAX) return Promise.reject(tooLong())
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let bytes = 0
    const stop = (): void => void request.off('data', onData).off('end', onEnd).off('close', onClose)
    const onData = (chunk: Buffer): void => {
      chunks.push(chunk)
      bytes += chunk.length
      if (bytes <= BODY_BYTES_MAX) return
      stop()
      reject(tooLong())
    }
    const onEnd = (): void => {
      stop()
      resolve(Buffer.concat(chunks))
    }
    // Also where the body took too long: there is nobody to be answered then.
    const onClose = (): void => reject(refuse(400, 'the connection was closed before the body had come'))
    request
      .on('data', onData)
      .on('end', onEnd)
      .on('close', onClose)
      .on('error', () => {})
  })
}

function tooLong(): RingwalError {
  const message = `the body is longer than ${BODY_BYTES_MAX} bytes`
  return new RingwalError('ERR_RINGWAL_TOO_LARGE', message, { limit: BODY_BYTES_MAX })
}
