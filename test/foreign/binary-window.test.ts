/** What both binary readers stand on: checksums, and a window that follows the reader. */
import { crc32 as zlibCrc32 } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { routingKey } from '../../src/codec/index.ts'
import { crc32 } from '../../src/foreign/crc32.ts'
import { FileWindow, WINDOW_BYTES } from '../../src/foreign/file-window.ts'
import { routingKeyOf } from '../../src/foreign/routing-key.ts'
import { summaryLine } from '../../src/foreign/summary-line.ts'
import { thrownBy } from '../support/log-records.ts'
import { SeededRandom } from '../support/seeded-random.ts'
import { diskOf } from './binary-fixture.ts'

const random = new SeededRandom(3)

function windowOf(bytes: Uint8Array): FileWindow {
  const disk = diskOf({ file: bytes })
  return new FileWindow(disk, disk.open('/log/file', 'read'), 'file')
}

describe('the checksum', () => {
  it('has the known value of its check text', () => {
    expect(crc32(new TextEncoder().encode('123456789'), 0, 9)).toBe(0xcbf43926)
  })

  it('is that of zlib for every length and start, also in parts', () => {
    const bytes = random.bytes(700)
    for (let length = 0; length <= 600; length++) {
      const start = length % 97
      const end = start + length
      const whole = zlibCrc32(bytes.subarray(start, end))
      expect(crc32(bytes, start, end), `length ${length}`).toBe(whole)
      const middle = start + random.below(length + 1)
      expect(crc32(bytes, middle, end, crc32(bytes, start, middle)), `length ${length}`).toBe(whole)
    }
  })
})

describe('a window', () => {
  it('holds what is asked for, forward and backward, in any size, and no more than it must', () => {
    const bytes = random.bytes(3 * WINDOW_BYTES + 17)
    const window = windowOf(bytes)
    for (let request = 0; request < 300; request++) {
      const length = random.below(random.chance(0.1) ? 2 * WINDOW_BYTES : 5000)
      const offset = random.below(bytes.length - length + 1)
      const at = window.locate(offset, length)
      const found = window.bytes.subarray(at, at + length)
      expect(Buffer.compare(found, bytes.subarray(offset, offset + length)), `request ${request}`).toBe(0)
      expect(window.buffer.buffer).toBe(window.bytes.buffer)
      expect(window.view.byteLength).toBe(window.bytes.length)
      expect(window.bytes.length).toBeLessThanOrEqual(2 * WINDOW_BYTES)
    }
    window.locate(0, 1)
    expect(window.bytes.length).toBeLessThanOrEqual(2 * WINDOW_BYTES)
    expect(window.crc32(5, bytes.length - 5)).toBe(zlibCrc32(bytes.subarray(5)))
    expect(window.bytes.length).toBe(WINDOW_BYTES)
  })

  it('of a small file is small', () => {
    const window = windowOf(random.bytes(10))
    expect(window.locate(3, 7)).toBe(0)
    expect(window.bytes.length).toBe(10)
    expect(window.uint32(0)).toBe(window.view.getUint32(0, true))
  })

  it('tells that a file became shorter', () => {
    const disk = diskOf({ file: random.bytes(5000) })
    const file = disk.open('/log/file', 'write')
    const window = new FileWindow(disk, file, 'file')
    disk.truncate(file, 100)
    expect(window.locate(0, 100)).toBe(0)
    expect(thrownBy(() => window.locate(50, 100))).toMatchObject({ code: 'ERR_RINGWAL_TAMPERED', file: 'file' })
  })
})

describe('a routing key', () => {
  it('is that of the command line for the same text', () => {
    for (const text of ['A', 'ORDER-001', 'ключ', 'x'.repeat(300)]) {
      expect(routingKeyOf(new TextEncoder().encode(text))).toBe(routingKey(text))
    }
    expect(routingKeyOf(new Uint8Array(0))).toBe(0)
  })
})

describe('the summary line', () => {
  it('has every count under its name', () => {
    const counts = { lines: 1, events: 2, ignored: 3, parseErrors: 4, stateRejected: 5, ledgerApplied: 6 }
    expect(summaryLine('p', counts)).toBe(
      'WAL replay completed path=p lines=1 events=2 ignored=3 parse_errors=4 state_rejected=5 ledger_applied=6',
    )
  })
})
