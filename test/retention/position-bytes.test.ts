/** The bytes of a consumer's position, and the names of its files. */
import { describe, expect, it } from 'vitest'
import { decodePosition, encodePosition, type PositionRecord, parsePositionFileName } from '../../src/format/index.ts'
import { checker } from '../support/log-harness.ts'
import { thrownBy } from '../support/log-records.ts'

const RECORD: PositionRecord = {
  logId: '00112233445566778899aabbccddeeff',
  name: 'orders-2_x',
  lsn: 2 ** 53 - 1,
  set: 1_700_000_000_123_456_789n,
}

describe('the bytes of a position', () => {
  it('say what was written', () => {
    for (const name of ['a', RECORD.name, '0'.repeat(64)]) {
      const bytes = encodePosition({ ...RECORD, name }, checker)
      expect(bytes.length).toBe(128)
      expect(decodePosition(bytes, checker)).toEqual({ ...RECORD, name })
    }
  })

  it('are none with any one bit wrong, cut, longer, or empty', () => {
    const bytes = encodePosition(RECORD, checker)
    for (let bit = 0; bit < 8 * bytes.length; bit++) {
      bytes[bit >> 3]! ^= 1 << (bit & 7)
      expect(decodePosition(bytes, checker), `bit ${bit}`).toBeUndefined()
      bytes[bit >> 3]! ^= 1 << (bit & 7)
    }
    for (const length of [0, 127]) expect(decodePosition(bytes.subarray(0, length), checker)).toBeUndefined()
    expect(decodePosition(new Uint8Array([...bytes, 0]), checker)).toBeUndefined()
    expect(decodePosition(new Uint8Array(128), checker)).toBeUndefined()
  })

  it.each<[string, (view: DataView) => void]>([
    ['a version to come', (view) => view.setUint16(8, 2, true)],
    ['a flag', (view) => view.setUint32(12, 1, true)],
    ['an LSN beyond what is safe', (view) => view.setBigUint64(32, 2n ** 53n, true)],
    ['a name beyond its room', (view) => view.setUint8(48, 72)],
    ['a name that is a path', (view) => view.setUint8(49, 0x2f)],
  ])('are refused with %s', (_, change) => {
    const bytes = encodePosition(RECORD, checker)
    const view = new DataView(bytes.buffer)
    change(view)
    view.setBigUint64(120, checker.xxh64(bytes.subarray(0, 120)), true)
    expect(thrownBy(() => decodePosition(bytes, checker))).toMatchObject({ code: 'ERR_RINGWAL_FORMAT' })
  })

  it('stand in files of a strict pattern', () => {
    expect(parsePositionFileName('a-1_b.position')).toBe('a-1_b')
    for (const name of [
      'A.position',
      '.position',
      '-a.position',
      'a.b.position',
      '../a.position',
      'a',
      `${'x'.repeat(65)}.position`,
    ])
      expect(parsePositionFileName(name)).toBeUndefined()
  })
})
