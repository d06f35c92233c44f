import fc from 'fast-check'
import { expect } from 'vitest'
import { RingwalError } from '../../src/errors.ts'
import { createKernelMemory, HEADER_PAGE_BYTES, KIND_END, KIND_SYNC_MARK } from '../../src/format/index.ts'
import { examine } from '../damage/examine.ts'
import { MemoryFiles } from '../damage/memory-files.ts'
import { checkEntries } from '../damage/oracle.ts'
import { checkHolds, type Repaired, repairTwice, salvageAndRepair } from '../damage/repair-check.ts'
import { anyDamage, damage } from '../support/arbitrary-damage.ts'
import { type ArbitraryLog, type ArbitrarySegment, arbitraryLog } from '../support/arbitrary-log.ts'
import { checker, LOG_DIR } from '../support/log-harness.ts'
import { holds, type Property } from '../support/property.ts'
import { SimulatedDisk } from '../support/simulated-disk.ts'
import { filesIn, recordsIn, repairOn, verifyOn } from './repair-kit.ts'

/** A log, and what is left of its files. */
export interface DamagedLog {
  readonly log: ArbitraryLog
  /** By path. */
  readonly files: ReadonlyMap<string, Uint8Array>
}

const ALL = ['flip', 'flip', 'zeros', 'noise', 'move', 'cut', 'append', 'remove'] as const

/** @param log whose files are damaged, up to five times */
export function damagedLogOf(log: fc.Arbitrary<ArbitraryLog>): fc.Arbitrary<DamagedLog> {
  const both = fc.tuple(log, fc.array(anyDamage(...ALL), { maxLength: 5 }))
  const damaged = both.map(([log, damages]) => {
    const left = damage(
      log.segments.map(({ bytes }) => bytes),
      damages,
      0,
    )
    const files = log.segments.flatMap(({ path }, i) => (left[i] === undefined ? [] : [[path, left[i]] as const]))
    return { log, files: new Map(files) }
  })
  return damaged.filter(({ files }) => files.size > 0)
}

const damagedLog = damagedLogOf(arbitraryLog())
const WITNESSES = [KIND_SYNC_MARK, KIND_END]
const memory = createKernelMemory(1 << 16)

function plant(files: DamagedLog['files']): { fs: MemoryFiles; checker: typeof checker; memory: typeof memory } {
  const fs = new MemoryFiles()
  for (const [path, bytes] of files) fs.put(path, bytes)
  return { fs, checker, memory }
}

function checkKept(fs: MemoryFiles, files: DamagedLog['files']): void {
  for (const [path, bytes] of files) expect(Buffer.compare(fs.content(path), bytes), path).toBe(0)
}

/** Whether some bytes of a segment's file are there, as they were. */
function isThere({ files }: DamagedLog, { path, bytes }: ArbitrarySegment, from: number, to: number): boolean {
  const now = files.get(path)
  return now !== undefined && now.length >= to && Buffer.compare(now.subarray(from, to), bytes.subarray(from, to)) === 0
}

/** The highest LSN that a mark or end frame proves durable which is still there, under a header that is too. */
function provenLsn(damaged: DamagedLog): number {
  let proven = 0
  for (const segment of damaged.log.segments) {
    if (!isThere(damaged, segment, 0, HEADER_PAGE_BYTES)) continue
    for (const { kind, lsn, offset, bytes } of segment.frames)
      if (WITNESSES.includes(kind) && isThere(damaged, segment, offset, offset + bytes)) proven = Math.max(proven, lsn)
  }
  return proven
}

/** Each record that was appended is in the repaired log as it was, or in a range that is told lost or cut. */
function checkTold(damaged: DamagedLog, { report, findings }: Repaired): void {
  const { log, files } = damaged
  const there = new Set(findings.entries.map(({ lsn }) => lsn))
  // What stood in files that are gone from the front nobody can know, nor what stood behind all that is proven.
  const oldest = log.segments.find(({ path }) => files.has(path))!
  const first = isThere(damaged, oldest, 0, HEADER_PAGE_BYTES)
    ? oldest.header.firstLsn
    : report.firstLsn || Number.POSITIVE_INFINITY
  const last = Math.max(report.lastLsn, provenLsn(damaged))
  for (const lsn of log.records.keys()) {
    if (there.has(lsn) || lsn < first || lsn > last) continue
    const isLost = report.lost.some(({ from, to }) => lsn >= from && (to === 0 || lsn <= to))
    const isCut = report.cutFrom > 0 && lsn >= report.cutFrom
    expect(isLost || isCut, `LSN ${lsn} is missing without a word`).toBe(true)
  }
}

export const REPAIR_PROPERTIES: readonly Property[] = [
  holds(
    'a repair keeps all that can be read, tells the rest, and a second one changes nothing',
    250,
    damagedLog,
    async (one) => {
      const ports = plant(one.files)
      const before = examine(ports, LOG_DIR)
      const repaired = await repairTwice(ports, LOG_DIR)
      checkKept(ports.fs, one.files)
      checkHolds(before.entries, repaired)
      if (repaired === undefined) return
      checkEntries(one.log, repaired.findings.entries)
      checkTold(one, repaired)
    },
  ),
  holds('a repair of single bits adds true records only', 200, damagedLog, async (one) => {
    const ports = plant(one.files)
    const before = examine(ports, LOG_DIR)
    const repaired = await repairTwice(ports, LOG_DIR, { fixSingleBit: true })
    checkKept(ports.fs, one.files)
    if (repaired === undefined) return
    checkEntries(one.log, repaired.findings.entries)
    expect(repaired.findings.entries.length).toBeGreaterThanOrEqual(before.entries.length)
  }),
  holds('files by themselves are salvaged to true records, in any order', 200, damagedLog, async (one) => {
    const ports = plant(one.files)
    const before = examine(ports, LOG_DIR)
    const made = await salvageAndRepair(ports, [...one.files.keys()].reverse())
    const got = made?.findings.entries ?? []
    checkKept(ports.fs, one.files)
    checkEntries(one.log, got)
    // Whoever finds two files that contradict one another leaves one out; a log without damage has none.
    if (!before.report.ok && made?.report.leftOut.length !== 0) return
    const lsns = new Set(got.map(({ lsn }) => lsn))
    expect(before.entries.filter(({ lsn }) => !lsns.has(lsn))).toEqual([])
  }),
  holds('a repair in place leaves a log that verifies, and the files that were there', 60, damagedLog, async (one) => {
    const disk = new SimulatedDisk({ recordCalls: false })
    for (const [path, bytes] of one.files) disk.writeFile(path, bytes)
    const [files, records] = [filesIn(disk, LOG_DIR), recordsIn(disk, LOG_DIR)]
    const report = await repairOn(disk, { inPlace: true }).catch(nothingThere)
    if (report === undefined) {
      expect(filesIn(disk, LOG_DIR)).toEqual(files)
      return
    }
    expect(filesIn(disk, report.originals!)).toEqual(files)
    expect(verifyOn(disk, LOG_DIR)).toMatchObject({ ok: true, tornTail: null, records: records.length })
    expect(recordsIn(disk, LOG_DIR)).toEqual(records)
    const { recordsLost, recordsCut, lost, lostMayBeMore } = report
    expect(report.clean).toBe(recordsLost === 0 && recordsCut === 0 && lost.length === 0 && !lostMayBeMore)
  }),
]

function nothingThere(error: unknown): undefined {
  if (!(error instanceof RingwalError) || error.code !== 'ERR_RINGWAL_NOT_FOUND') throw error
}
