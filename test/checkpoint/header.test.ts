import { describe, expect, it } from 'vitest'
import {
  CHECKPOINT_HEADER_BYTES,
  type CheckpointHeader,
  checkpointName,
  decodeCheckpointHeader,
  encodeCheckpointHeader,
  fitsLabel,
  parseCheckpointName,
} from '../../src/format/index.ts'
import { checker } from '../support/log-harness.ts'

const header: CheckpointHeader = {
  logId: '00112233445566778899aabbccddeeff',
  lsn: 2 ** 53 - 1,
  created: 1_700_000_000_123_456_789n,
  bytes: 5_000_000_000,
  digest: 0xfedc_ba98_7654_3210n,
  label: 'заказы/1',
}

describe('the header of a checkpoint', () => {
  it('says what was written', () => {
    for (const label of ['', header.label, 'x'.repeat(55)]) {
      const bytes = encodeCheckpointHeader({ ...header, label }, checker)
      expect(bytes.length).toBe(CHECKPOINT_HEADER_BYTES)
      expect(decodeCheckpointHeader(bytes, checker)).toEqual({ ...header, label })
    }
  })

  it('is none with any one bit wrong', () => {
    const bytes = encodeCheckpointHeader(header, checker)
    for (let bit = 0; bit < 8 * bytes.length; bit++) {
      bytes[bit >> 3]! ^= 1 << (bit & 7)
      expect(decodeCheckpointHeader(bytes, checker), `bit ${bit}`).toBeUndefined()
      bytes[bit >> 3]! ^= 1 << (bit & 7)
    }
  })

  it('is none if it is cut, or empty', () => {
    const bytes = encodeCheckpointHeader(header, checker)
    for (const length of [0, 8, 127]) expect(decodeCheckpointHeader(bytes.subarray(0, length), checker)).toBeUndefined()
    expect(decodeCheckpointHeader(new Uint8Array(128), checker)).toBeUndefined()
  })

  it.each([
    ['a version to come', (view: DataView) => view.setUint16(8, 2, true)],
    ['a flag', (view: DataView) => view.setUint32(12, 1, true)],
    ['a label beyond its room', (view: DataView) => view.setUint8(64, 56)],
    ['a length beyond what is safe', (view: DataView) => view.setBigUint64(48, 2n ** 53n, true)],
    ['a label that is no text', (view: DataView) => view.setUint8(65, 0xff)],
  ])('is refused with %s', (_, change) => {
    const bytes = encodeCheckpointHeader(header, checker)
    const view = new DataView(bytes.buffer)
    change(view)
    view.setBigUint64(120, checker.xxh64(bytes.subarray(0, 120)), true)
    expect(() => decodeCheckpointHeader(bytes, checker)).toThrow(
      expect.objectContaining({ code: 'ERR_RINGWAL_FORMAT' }),
    )
  })
})

it('names are LSNs, in 20 digits', () => {
  expect(checkpointName(42)).toBe('00000000000000000042.rwck')
  expect(parseCheckpointName(checkpointName(42))).toBe(42)
  expect(parseCheckpointName(checkpointName(0))).toBe(0)
  for (const name of ['42.rwck', '00000000000000000042.rwal', '99999999999999999999.rwck', `x${checkpointName(1)}`])
    expect(parseCheckpointName(name), name).toBeUndefined()
})

it('labels are UTF-8, and 55 bytes at most', () => {
  expect(fitsLabel('x'.repeat(55))).toBe(true)
  expect(fitsLabel('é'.repeat(28))).toBe(false)
  expect(fitsLabel('\ud800')).toBe(false)
})
