/** `recover: 'strict'`: nothing is cut and nothing set aside; what is not whole is refused, and no byte is changed. */
import { describe, expect, it } from 'vitest'
import { HEADER_COPY_B_AT, HEADER_PAGE_BYTES } from '../../src/format/index.ts'
import { LOG_DIR, recover } from '../support/log-harness.ts'
import { edit, logOf, pathOf, recordIn } from '../support/log-images.ts'
import { thrownBy } from '../support/log-records.ts'
import type { SimulatedDisk } from '../support/simulated-disk.ts'
import { LOOKS } from '../support/simulated-disk-calls.ts'

function refusalOf(disk: SimulatedDisk): unknown {
  disk.calls.length = 0
  const refusal = thrownBy(() => recover(disk, { recover: 'strict' }))
  const changes = disk.calls.filter(({ operation }) => ![...LOOKS, 'open', 'close'].includes(operation))
  expect(changes).toEqual([])
  return refusal
}

describe('strict recovery', () => {
  it.each(['closed', 'dead'] as const)('opens a %s log of which every record is there', (end) => {
    expect(recover(logOf(6, end), { recover: 'strict' }).report).toMatchObject({
      mode: 'strict',
      lastLsn: 6,
      damage: [],
    })
  })

  it('opens a log with files made ahead, which hold nothing', () => {
    const disk = logOf(6)
    disk.writeFile(pathOf(3), new Uint8Array(8192))
    expect(recover(disk, { recover: 'strict' }).report).toMatchObject({ lastLsn: 6, leftovers: [expect.any(String)] })
  })

  it('refuses a torn tail, and names it', () => {
    const disk = logOf(3, 'dead')
    const { offset } = recordIn(disk, 1, 3)
    edit(disk, pathOf(1), (bytes) => bytes.subarray(0, offset + 300))
    expect(refusalOf(disk)).toMatchObject({
      code: 'ERR_RINGWAL_DAMAGED',
      class: 'torn-tail',
      file: '00000000000000000001.rwal',
      offset,
      lostFrom: 3,
      lostTo: 0,
      command: 'ringwal verify /wal',
      message: expect.stringMatching(
        /^\/wal: torn tail at 0{19}1\.rwal offset \d+, 300 bytes.*run: ringwal verify.*'tail'/,
      ),
      reasons: [expect.objectContaining({ class: 'torn-tail', acknowledged: false, bytes: 300 })],
    })
    expect(recover(disk).report).toMatchObject({ mode: 'tail', lastLsn: 2 })
  })

  it('refuses a segment that was begun and holds no record, of which tail makes a left-over', () => {
    const disk = logOf(6)
    const page = disk.readFile(pathOf(2)).subarray(0, 60)
    disk.writeFile(pathOf(3), page)
    const file = '00000000000000000003.rwal'
    expect(refusalOf(disk)).toMatchObject({ code: 'ERR_RINGWAL_DAMAGED', class: 'leftover', file })
    expect(recover(disk).report.leftovers).toEqual([file])
    expect(disk.list(LOG_DIR)).not.toContain(file)
  })

  it.each([0, HEADER_COPY_B_AT, 1000])('refuses a header page with a wrong byte at %i', (offset) => {
    const disk = logOf(6)
    disk.flipBit(pathOf(1), offset, 0)
    expect(refusalOf(disk)).toMatchObject({ code: 'ERR_RINGWAL_DAMAGED', class: 'segment-header', offset })
  })

  it('tells of all that stands in the way, gravest first', () => {
    const disk = logOf(6, 'dead')
    disk.flipBit(pathOf(1), 0, 0)
    disk.flipBit(pathOf(1), recordIn(disk, 1, 2).offset + 50, 0)
    disk.flipBit(pathOf(2), recordIn(disk, 2, 6).offset + 50, 0)
    disk.writeFile(pathOf(3), disk.readFile(pathOf(2)).subarray(0, HEADER_PAGE_BYTES - 4000))
    const { reasons, message } = refusalOf(disk) as { reasons: { class: string }[]; message: string }
    expect(reasons.map((reason) => reason.class)).toEqual(['payload', 'segment-header', 'torn-tail', 'leftover'])
    expect(message).toContain('and 3 more')
  })
})
