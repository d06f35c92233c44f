/** Repairs on a simulated disk, and what a test asks of their result. */
import { createHash } from 'node:crypto'
import {
  encodeHeaderPage,
  frameBytes,
  HEADER_PAGE_BYTES,
  parseSegmentName,
  readFrame,
  type SegmentHeader,
  segmentName,
} from '../../src/format/index.ts'
import { viewLog } from '../../src/read/log-view.ts'
import { surveyListing } from '../../src/read/survey-file.ts'
import { repair } from '../../src/repair/repair-log.ts'
import {
  planOptions,
  type RepairOptions,
  type SalvageOptions,
  salvageOptions,
} from '../../src/repair/repair-options.ts'
import type { RepairPorts } from '../../src/repair/repair-ports.ts'
import type { RepairReport } from '../../src/repair/repair-report.ts'
import { salvage } from '../../src/repair/salvage-files.ts'
import type { FileSystem } from '../../src/storage/file-system.ts'
import { reportOf, type VerifyReport } from '../../src/verify/verify-report.ts'
import { type FrameSpec, framesOf, joined, SALT } from '../format/segment-bytes.ts'
import { checker, LOG_DIR } from '../support/log-harness.ts'
import { readEntries, readPorts } from '../support/log-records.ts'
import { SimulatedDisk } from '../support/simulated-disk.ts'

export const OUT = '/out'

/** Ports of which the lock is always free; `calls` tells what it was asked for. */
export function repairPorts(disk: SimulatedDisk): RepairPorts & { readonly calls: string[] } {
  const calls: string[] = []
  const note = (call: string): undefined => void calls.push(call)
  let drawn = 0
  return {
    ...readPorts(disk),
    calls,
    async lock(dir) {
      note(`lock ${dir}`)
      return { movedTo: (path) => note(`moved to ${path}`), release: async () => note('release') }
    },
    lockHeld: (dir) => note(`look ${dir}`),
    now: () => Date.UTC(2026, 10, 21, 12),
    random: (bytes) => String(++drawn).padStart(2 * bytes, '0'),
  }
}

/** Repairs the log of a disk into OUT, unless told otherwise. */
export function repairOn(
  disk: SimulatedDisk,
  options: RepairOptions = {},
  dir: string = LOG_DIR,
): Promise<RepairReport> {
  const isElsewhere = options.inPlace || options.dryRun || options.output !== undefined
  return repair(repairPorts(disk), dir, planOptions(isElsewhere ? options : { ...options, output: OUT }))
}

/** Salvages files of a disk into OUT, unless told otherwise. */
export function salvageOn(
  disk: SimulatedDisk,
  files: readonly string[],
  options: SalvageOptions = {},
): Promise<RepairReport> {
  const isElsewhere = options.dryRun || options.output !== undefined
  return salvage(repairPorts(disk), files, salvageOptions(isElsewhere ? options : { ...options, output: OUT }))
}

/** `verifyLog` on any disk. */
export function verifyOn(fs: FileSystem, dir: string): VerifyReport {
  const ports = readPorts(fs)
  const listing = viewLog(ports, dir)
  return reportOf(listing, surveyListing(ports, listing))
}

/** Content of a directory's files, by name. */
export function filesIn(disk: SimulatedDisk, dir: string): Map<string, Uint8Array> {
  return new Map(
    disk
      .list(dir)
      .sort()
      .map((name) => [name, disk.readFile(`${dir}/${name}`)]),
  )
}

/** One text that changes with any name or byte in a directory, or of its segments. */
export function digestOf(disk: SimulatedDisk, dir: string, ofSegments = false): string {
  const hash = createHash('sha256')
  for (const [name, bytes] of ofSegments ? segmentsIn(disk, dir) : filesIn(disk, dir))
    hash.update(`${name} ${bytes.length} `).update(bytes)
  return hash.digest('hex')
}

/** Content of its segments only, by name. */
export function segmentsIn(disk: SimulatedDisk, dir: string): Map<string, Uint8Array> {
  return new Map([...filesIn(disk, dir)].filter(([name]) => parseSegmentName(name) !== undefined))
}

/** Records that a reader gets who goes on behind damage, each as one line with all that there is of it. */
export function recordsIn(fs: FileSystem, dir: string): string[] {
  return readEntries(fs, { onDamage: 'skip' }, dir).map(
    ({ lsn, time, type, key, codec, continuesBatch, check, bytes }) =>
      [lsn, time, type, key, codec, continuesBatch, check, Buffer.from(bytes).toString('hex')].join(' '),
  )
}

const HEADER: SegmentHeader = {
  ...{ logId: '0123456789abcdef0123456789abcdef', number: 1, firstLsn: 1, salt: SALT, created: 5n, epoch: 1 },
  ...{ previous: { lastLsn: 0, endOffset: 0, lastCheck: 0n }, codecSettings: 0, payloadMax: 4096, recycledSalt: 0n },
}

/** A segment of these frames, with a header like any other but for what is given. */
export function segmentFile(frames: readonly FrameSpec[], header: Partial<SegmentHeader> = {}): Uint8Array {
  const whole = { ...HEADER, ...header }
  return joined(encodeHeaderPage(whole, checker), framesOf(frames, whole.salt))
}

/** A disk with these segments as the log, numbered from 1 on. */
export function diskOf(...segments: readonly Uint8Array[]): SimulatedDisk {
  const disk = new SimulatedDisk()
  segments.forEach((bytes, i) => {
    disk.writeFile(`${LOG_DIR}/${segmentName(i + 1)}`, bytes)
  })
  return disk
}

/** All frames of a repaired segment, each as `kind lsn`, a tombstone as `lost first-last`, with a + where the batch goes on. */
export function framesOfSegment(disk: SimulatedDisk, number: number, dir: string = OUT): string[] {
  const bytes = disk.readFile(`${dir}/${segmentName(number)}`)
  const view = new DataView(bytes.buffer)
  const names: Readonly<Record<number, string>> = { 1: 'record', 2: 'mark', 3: 'padding', 4: 'end', 128: 'note' }
  const frames: string[] = []
  for (let at = HEADER_PAGE_BYTES; at < bytes.length; ) {
    const { kind, lsn, length, continuesBatch, type } = readFrame(view, at)
    const last = kind === 5 && length >= 8 ? Number(view.getBigUint64(at + 40, true)) : lsn
    const text = kind === 5 ? `${type === 2 ? 'lost' : 'abandoned'} ${lsn}-${last}` : `${names[kind] ?? kind} ${lsn}`
    frames.push(continuesBatch ? `${text}+` : text)
    at += frameBytes(length)
  }
  return frames
}
