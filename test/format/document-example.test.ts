import { decode, encode } from '@msgpack/msgpack'
import { describe, expect, it } from 'vitest'
import {
  CODEC_MSGPACK,
  createChecker,
  decodeHeaderPage,
  encodeHeaderPage,
  KIND_END,
  KIND_RECORD,
  KIND_SYNC_MARK,
  type SegmentHeader,
} from '../../src/format/index.ts'
import { bytesOfListing, documentBlock } from './document-page.ts'
import { scanBoth } from './scan-steps.ts'
import { framesOf, joined } from './segment-bytes.ts'

const file = bytesOfListing(documentBlock('hex'))
const checker = await createChecker()
const value = { kind: 'order', id: 'c-1', qty: 1000 }
const header: SegmentHeader = {
  logId: 'a1b2c3d4e5f60718293a4b5c6d7e8f90',
  number: 1,
  firstLsn: 1,
  salt: 0xc0ffee1234567890n,
  created: 1_767_225_600_000_000_000n,
  epoch: 1,
  previous: { lastLsn: 0, endOffset: 0, lastCheck: 0n },
  codecSettings: 0,
  payloadMax: 1_048_576,
  recycledSalt: 0n,
}

describe('the example in the format document', () => {
  it('is what ringwal writes, byte for byte', () => {
    const record = { kind: KIND_RECORD, lsn: 1, codec: CODEC_MSGPACK, type: 7, key: 0x9e3779b9 }
    const frames = [
      { ...record, time: header.created + 1000n, payload: encode(value) },
      { kind: KIND_SYNC_MARK, lsn: 1, time: header.created + 200_000n },
      { kind: KIND_END, lsn: 1, time: header.created + 300_000n },
    ]
    const written = joined(encodeHeaderPage(header, checker), framesOf(frames, header.salt))
    expect(Buffer.from(file).toString('hex')).toBe(Buffer.from(written).toString('hex'))
  })

  it('is read as the document says', () => {
    expect(decodeHeaderPage(file.subarray(0, 4096), checker)).toEqual({
      header,
      copyA: 'good',
      copyB: 'good',
      restIsZero: true,
    })
    const scanned = scanBoth(file, { salt: header.salt })
    expect(scanned).toMatchObject({ mark: 1, expected: 2, records: [{ lsn: 1, type: 7, key: 0x9e3779b9 }] })
    expect(scanned.steps.at(-1)).toEqual({ kind: 'end', reason: 'sealed', offset: 4248 })
    expect(decode(Buffer.from(scanned.records[0]!.payload, 'hex'))).toEqual(value)
  })
})
