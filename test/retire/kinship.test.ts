/** `truncateBefore` believes a header that verifies only as far as it fits the segment before it. */
import { describe, expect, it } from 'vitest'
import { decodeHeaderPage, encodeHeaderPage, HEADER_PAGE_BYTES, type SegmentHeader } from '../../src/format/index.ts'
import { checker } from '../support/log-harness.ts'
import { edit, pathOf } from '../support/log-images.ts'
import { thrownBy } from '../support/log-records.ts'
import { names, openLog } from './retire-kit.ts'

describe('nothing is retired where the next header verifies and', () => {
  it.each<[string, (header: SegmentHeader) => Partial<SegmentHeader>]>([
    ['is of another log', () => ({ logId: '0123456789abcdef0123456789abcdef' })],
    ['has another number', () => ({ number: 4 })],
    ['begins behind other LSNs than it says', ({ firstLsn }) => ({ firstLsn: firstLsn + 1 })],
    ['begins before this one', ({ previous }) => ({ firstLsn: 1, previous: { ...previous, lastLsn: 0 } })],
  ])('%s', (_, change) => {
    const log = openLog(18)
    log.truncateBefore(5)
    edit(log.disk, pathOf(3), (bytes) => {
      const header = decodeHeaderPage(bytes.subarray(0, HEADER_PAGE_BYTES), checker).header!
      bytes.set(encodeHeaderPage({ ...header, ...change(header) }, checker))
    })
    expect(thrownBy(() => log.truncateBefore(13))).toMatchObject({ code: 'ERR_RINGWAL_SEGMENTS', file: pathOf(3) })
    expect(names(log.disk)).toContain('2.rwal')
    expect(log.control.failure).toBeUndefined()
  })
})
