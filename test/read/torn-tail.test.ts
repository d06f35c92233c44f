import { describe, expect, it } from 'vitest'
import { LogHarness } from '../support/log-harness.ts'
import { edit, logOf, pathOf, recordIn, SMALL } from '../support/log-images.ts'
import { payload, range, readLsns } from '../support/log-records.ts'

describe('a torn tail', () => {
  it('is not seen by a reader, wherever the last record is torn', () => {
    const disk = logOf(3, 'dead')
    const whole = disk.readFile(pathOf(1))
    const { offset } = recordIn(disk, 1, 3)
    for (let size = offset; size < offset + 944; size += 13) {
      disk.writeFile(pathOf(1), whole.subarray(0, size))
      expect(readLsns(disk)).toEqual([1, 2])
      const prefilled = new Uint8Array(8192)
      prefilled.set(whole.subarray(0, size))
      disk.writeFile(pathOf(1), prefilled)
      // What is left of the record may be all of it but zeros of its own.
      expect(readLsns(disk).slice(0, 2)).toEqual([1, 2])
      expect(readLsns(disk).length).toBeLessThanOrEqual(2)
    }
    disk.writeFile(pathOf(1), whole)
    expect(readLsns(disk)).toEqual([1, 2, 3])
  })

  it('hides the rest of an atomic batch, whichever of its records is torn', () => {
    for (const torn of [2, 3, 4]) {
      const disk = logOf(0, 'dead')
      const log = LogHarness.open(disk, { ...SMALL, policy: 'never' })
      log.appender.appendBytes(payload(100, 1))
      log.appender.appendBytesBatch(range(2, 3).map((stamp) => ({ bytes: payload(100, stamp) })))
      log.settle()
      disk.flipBit(pathOf(1), recordIn(disk, 1, torn).offset + 60, 1)
      expect(readLsns(disk)).toEqual([1])
    }
  })

  it('stays unseen, as it was cut, when the log has gone on in a new segment', () => {
    const disk = logOf(4, 'dead')
    disk.flipBit(pathOf(1), recordIn(disk, 1, 4).offset + 60, 1)
    const log = LogHarness.open(disk, SMALL)
    log.appender.appendBytes(payload(5, 5))
    log.close()
    expect(readLsns(disk)).toEqual([1, 2, 3, 4])
    edit(disk, pathOf(1), (bytes) => bytes.subarray(0, recordIn(disk, 1, 4).offset))
    expect(readLsns(disk)).toEqual([1, 2, 3, 4])
  })
})
