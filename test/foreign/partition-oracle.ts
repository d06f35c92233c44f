/** The stream broker's recovery once more, over a whole file in memory: what a reader with a window must agree with. */
import { crc32 } from 'node:zlib'

export interface OracleAnswer {
  readonly recovered: number
  readonly crc_skipped: number
  readonly partial_tail_warning: boolean
  readonly leftover_tail_bytes: number
  readonly records: readonly { timestamp: number | string; key: string | null; value: string }[]
}

export function recoverWhole(file: Buffer): OracleAnswer {
  const records: { timestamp: number | string; key: string | null; value: string }[] = []
  let skipped = 0
  let rest = file
  const answer = (partial: boolean, leftover: number): OracleAnswer => ({
    recovered: records.length,
    crc_skipped: skipped,
    partial_tail_warning: partial,
    leftover_tail_bytes: leftover,
    records,
  })
  while (rest.length >= 4) {
    const size = rest.readUInt32LE()
    if (size < 4) return answer(false, 0)
    if (size > rest.length - 4) return answer(true, rest.length)
    const body = rest.subarray(4, 4 + size)
    if (crc32(body.subarray(4)) !== body.readUInt32LE()) skipped++
    else {
      try {
        records.push(recordOf(body))
      } catch {
        return answer(false, 0)
      }
    }
    rest = rest.subarray(4 + size)
  }
  return answer(false, rest.length)
}

/** Throws where the original crashed: a Buffer checks its bounds. */
function recordOf(body: Buffer): { timestamp: number | string; key: string | null; value: string } {
  const timestamp = body.readBigUInt64LE(4)
  const keySize = body.readUInt32LE(12)
  const valueSize = body.readUInt32LE(16 + keySize)
  const valueAt = 20 + keySize
  if (valueAt + valueSize > body.length) throw new RangeError('the value')
  return {
    timestamp: timestamp < 2n ** 53n ? Number(timestamp) : String(timestamp),
    key: keySize === 0 ? null : body.toString('hex', 16, valueAt - 4),
    value: body.toString('hex', valueAt, valueAt + valueSize),
  }
}
