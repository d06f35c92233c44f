/** What tells a log, a segment and an opening from any other. */
import { expect, it } from 'vitest'
import { listSegments } from '../../src/storage/segment-directory.ts'
import { checker, LOG_DIR, LogHarness } from '../support/log-harness.ts'
import { SMALL } from '../support/log-images.ts'
import { payload } from '../support/log-records.ts'
import { SimulatedDisk } from '../support/simulated-disk.ts'

it('segments of a log have one log id and a salt each, and every opening has a higher epoch', () => {
  const disk = new SimulatedDisk()
  for (let opening = 1; opening <= 3; opening++) {
    const log = LogHarness.open(disk, { ...SMALL, seed: opening })
    for (let i = 0; i < 6; i++) {
      log.appender.appendBytes(payload(900, i))
      log.settle()
    }
    log.close()
  }
  const headers = listSegments(disk, LOG_DIR, checker).segments.map(({ header }) => header)
  expect(headers.map(({ epoch }) => epoch)).toEqual([1, 1, 2, 2, 3, 3])
  expect(headers.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6])
  expect(new Set(headers.map(({ salt }) => salt)).size).toBe(6)
  expect(new Set(headers.map(({ logId }) => logId)).size).toBe(1)
})
