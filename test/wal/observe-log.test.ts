/** A look at a log that is only read, or observed: tells what opening would find, and calls nothing that could change it. */
import { describe, expect, it } from 'vitest'
import { createKernelMemory, HEADER_COPY_B_AT } from '../../src/format/index.ts'
import { observeLog } from '../../src/wal/recovery.ts'
import type { OpenMode, RecoveryReport } from '../../src/wal/recovery-report.ts'
import { checker, LOG_DIR, recover } from '../support/log-harness.ts'
import { edit, logOf, pathOf, recordIn } from '../support/log-images.ts'
import { thrownBy } from '../support/log-records.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { SimulatedDisk } from '../support/simulated-disk.ts'
import { LOOKS } from '../support/simulated-disk-calls.ts'

const memory = createKernelMemory(1 << 16)

function observe(disk: SimulatedDisk, mode: OpenMode, verifyBytes = Number.POSITIVE_INFINITY): RecoveryReport {
  disk.calls.length = 0
  const settings = { dir: LOG_DIR, recover: mode, verifyBytes, useBigInt64: undefined }
  const report = observeLog({ fs: disk, clock: new ManualClock(), checker, memory }, settings)
  const isLook = ({ operation, how }: (typeof disk.calls)[number]): boolean =>
    LOOKS.includes(operation) || operation === 'close' || (operation === 'open' && how === 'read')
  expect(disk.calls.filter((call) => !isLook(call))).toEqual([])
  expect(disk.openPaths()).toEqual([])
  return report
}

type Harm = readonly [name: string, act: (disk: SimulatedDisk) => void, kind: string]

const HARMS: readonly Harm[] = [
  ['a damaged record', (disk) => disk.flipBit(pathOf(1), recordIn(disk, 1, 2).offset + 60, 0), 'payload'],
  ['a copy of a header lost', (disk) => disk.flipBit(pathOf(1), 20, 0), 'segment-header'],
  ['both copies lost', loseHeader, 'segment-header'],
  ['a segment missing', (disk) => disk.remove(pathOf(2)), 'missing-segment'],
  ['a cut segment', (disk) => edit(disk, pathOf(1), (bytes) => bytes.subarray(0, 6000)), 'truncated'],
  ['a link in a segment’s place', (disk) => disk.makeLink(pathOf(9), pathOf(1)), 'not-a-file'],
  ['a segment twice', (disk) => disk.writeFile(pathOf(9), disk.readFile(pathOf(2))), 'duplicate-segment'],
]

function loseHeader(disk: SimulatedDisk): void {
  for (const at of [30, HEADER_COPY_B_AT + 30]) edit(disk, pathOf(2), (bytes) => void bytes.fill(0xff, at, at + 9))
}

describe.each(HARMS)('a log with %s', (_, harm, kind) => {
  it('is told as it is when it is only read, and refuses nothing', () => {
    const disk = logOf(10)
    harm(disk)
    const { damage, observing, mode } = observe(disk, 'read-only')
    expect(mode).toBe('read-only')
    expect(observing).toBeNull()
    if (kind !== 'truncated') expect(damage.map((one) => one.class)).toContain(kind)
    expect(damage.length).toBeGreaterThan(0)
  })

  it('is observed for just what opening it is refused for', () => {
    for (const mode of ['strict', 'tail', 'skip-damaged'] as const) {
      const disk = logOf(10)
      harm(disk)
      const { observing } = observe(disk, mode)
      const refusal = thrownBy(() => recover(disk, { recover: mode })) as { reasons: unknown } | undefined
      expect(observing).toEqual({ reasons: refusal?.reasons ?? [], since: '2023-11-14T22:13:20.000Z' })
    }
  })
})

describe('a torn tail and what a crash left behind it', () => {
  it('are told, and stay', () => {
    const disk = logOf(6, 'dead')
    const { offset } = recordIn(disk, 2, 6)
    edit(disk, pathOf(2), (bytes) => bytes.subarray(0, offset + 99))
    disk.writeFile(pathOf(3), new Uint8Array(8192))
    expect(observe(disk, 'read-only')).toMatchObject({
      clean: false,
      firstLsn: 1,
      lastLsn: 5,
      provenLsn: 5,
      damage: [],
      tornTail: { fromLsn: 6, bytes: 99 },
      leftovers: ['00000000000000000003.rwal'],
    })
  })
})

describe('a directory', () => {
  it('without segments is a log without records', () => {
    const disk = new SimulatedDisk()
    disk.makeDirectory(LOG_DIR)
    expect(observe(disk, 'read-only')).toMatchObject({ segments: 0, firstLsn: 0, lastLsn: 0, clean: true })
  })

  it('that is not there is no log', () => {
    expect(thrownBy(() => observe(new SimulatedDisk(), 'read-only'))).toMatchObject({ code: 'ERR_RINGWAL_NOT_FOUND' })
  })
})
