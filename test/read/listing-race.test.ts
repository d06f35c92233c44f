/** A live log goes on while its directory is read: what is listed is the log of one moment. */
import { describe, expect, it } from 'vitest'
import { segmentName } from '../../src/format/index.ts'
import { viewLog } from '../../src/read/log-view.ts'
import { LOG_DIR } from '../support/log-harness.ts'
import { logOf } from '../support/log-images.ts'
import { range, readLsns, readPorts } from '../support/log-records.ts'
import type { SimulatedDisk } from '../support/simulated-disk.ts'

/** A disk whose directory is first listed without the segment: it got its name right behind that. */
function withLate(disk: SimulatedDisk, segment: number, lists: number): SimulatedDisk {
  const list = disk.list.bind(disk)
  let count = 0
  disk.list = (path) => list(path).filter((name) => name !== segmentName(segment) || ++count > lists)
  return disk
}

describe('a segment that was begun while the directory was read, before one whose file had been there', () => {
  it.each([1, 2, 3])('is not missing (segment %i)', (segment) => {
    const disk = withLate(logOf(14), segment, 1)
    const { segments, problems } = viewLog(readPorts(disk), LOG_DIR)
    expect(segments.map(({ number }) => number)).toEqual([1, 2, 3, 4])
    expect(problems).toEqual([])
    expect(readLsns(withLate(logOf(14), segment, 1))).toEqual(range(1, 14))
  })

  it('is left for a later look if it is the last', () => {
    const { segments, problems } = viewLog(readPorts(withLate(logOf(14, 'dead'), 4, 1)), LOG_DIR)
    expect(segments.map(({ number }) => number)).toEqual([1, 2, 3])
    expect(problems).toEqual([])
  })
})
