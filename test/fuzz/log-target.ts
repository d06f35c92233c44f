/** Verify, the readers, recovery and what the command line prints of them, over any files in memory. */
import { createKernelMemory, type FrameMemory, HEADER_PAGE_BYTES } from '../../src/format/index.ts'
import type { Entry } from '../../src/read/entry.ts'
import { followLog } from '../../src/read/follow-log.ts'
import { type ReadPorts, viewLog } from '../../src/read/log-view.ts'
import { readListing } from '../../src/read/read-log.ts'
import { planRead, type ReadOptions } from '../../src/read/read-options.ts'
import { surveyListing } from '../../src/read/survey-file.ts'
import { reportOf, type VerifyReport } from '../../src/verify/verify-report.ts'
import { type EntryForm, EntryText } from '../../tools/output/entry-text.ts'
import { describeVerify } from '../../tools/output/verify-report.ts'
import { describeFailure } from '../../tools/support/failure.ts'
import { examine, surveyInChunks } from '../damage/examine.ts'
import { MemoryFiles } from '../damage/memory-files.ts'
import { openAtRandom } from '../damage/opening.ts'
import { checkHolds, repairTwice, salvageAndRepair } from '../damage/repair-check.ts'
import { checker, LOG_DIR } from '../support/log-harness.ts'
import type { SeededRandom } from '../support/seeded-random.ts'
import type { FuzzFile } from './fuzz-log.ts'
import { attempt, attemptLater, checkLine, Finding } from './oracles.ts'
import { scanBytes } from './scan-target.ts'

const MEMORY_BYTES = 1 << 16
/** Entries of which the text is looked at: the first ones. */
const PRINTED_MAX = 500
/** Repairing costs as much as all else together. */
const REPAIRED_SHARE = 0.3
const FORMS: readonly EntryForm[] = ['plain', 'headers', 'json']

export interface FuzzCounts {
  records: number
  damage: number
  readonly refusals: Map<string, number>
}

export class LogTarget {
  readonly counts: FuzzCounts = { records: 0, damage: 0, refusals: new Map() }
  private readonly fs = new MemoryFiles()
  private readonly ports: ReadPorts = {
    fs: this.fs,
    checker,
    memory: this.watched(createKernelMemory(MEMORY_BYTES)),
  }
  private bytes = 0
  private largest = 0

  /** @throws Finding */
  async run(files: readonly FuzzFile[], random: SeededRandom): Promise<void> {
    const { fs } = this
    this.bytes = files.reduce((sum, file) => sum + file.bytes.length, 0)
    this.largest = 0
    const isRare = random.chance(1 / 32)
    this.layOut(files)
    for (const { bytes } of files) {
      this.attempt('scan', () => scanBytes(bytes, this.ports.memory, random, isRare))
    }
    const report = this.attempt('verify', () => this.verify(LOG_DIR))
    const entries = this.attempt('read', () => this.read(LOG_DIR, {}))
    if (report !== undefined && entries !== undefined) this.compare(report, entries, random)
    if (report !== undefined) await this.verifyInChunks(random)
    this.attempt('read, stopping at damage', () => this.readStopping(entries))
    this.eachFile(files)
    if (isRare) await this.follow()
    if (fs.changed.size > 0) throw new Finding(`reading changed ${[...fs.changed].join(', ')}`)
    if (random.chance(REPAIRED_SHARE)) await this.repair(files, random)
    fs.changed.clear()
    const taken = Math.max(report?.durableLsn ?? 0, entries?.at(-1)?.lsn ?? 0)
    const wrong = this.attempt('open', () => openAtRandom(this.ports, taken, random))
    if (wrong !== undefined) throw new Finding(wrong)
    const strange = [...fs.changed].find((path) => !path.startsWith(`${LOG_DIR}/`))
    if (strange !== undefined) throw new Finding(`opening changed ${strange}`)
    if (fs.openFiles > 0) throw new Finding(`${fs.openFiles} files were left open`)
    if (this.largest > 2 * this.bytes + MEMORY_BYTES)
      throw new Finding(`memory for ${this.largest} bytes was made for ${this.bytes} bytes of files`)
  }

  private attempt<T>(what: string, use: () => T): T | undefined {
    return attempt(what, this.bytes, this.counts.refusals, use)
  }

  private layOut(files: readonly FuzzFile[]): void {
    const { fs } = this
    fs.clear(LOG_DIR)
    fs.changed.clear()
    fs.plantDirectory(LOG_DIR)
    for (const { name, kind, bytes } of files) {
      if (kind === 'file') fs.put(`${LOG_DIR}/${name}`, bytes)
      else fs.plant(`${LOG_DIR}/${name}`, kind)
    }
  }

  private verify(path: string): VerifyReport {
    const listing = viewLog(this.ports, path)
    const surveys = surveyListing(this.ports, listing)
    const report = reportOf(listing, surveys)
    this.counts.damage += report.damage.length
    checkLine('verify --json', JSON.stringify(report))
    for (const line of describeVerify(report, 1, undefined)) checkLine('verify', line)
    return report
  }

  /** What threads tell that share a segment is what one tells that reads all of it. */
  private async verifyInChunks(random: SeededRandom): Promise<void> {
    const listing = viewLog(this.ports, LOG_DIR)
    const whole = surveyListing(this.ports, listing)
    const size = random.pick([64, 512, HEADER_PAGE_BYTES, 10_000])
    const parts = await attemptLater('verify in chunks', this.bytes, this.counts.refusals, () =>
      surveyInChunks(this.ports, listing, size),
    )
    if (parts === undefined) throw new Finding(`verify in chunks of ${size} bytes refuses what verify reads`)
    const [one, other] = [textOf(whole), textOf(parts)]
    if (one !== other) throw new Finding(`verify in chunks of ${size} bytes tells something else: ${one}; ${other}`)
  }

  private read(path: string, options: ReadOptions): Entry[] {
    const onDamage = options.onDamage ?? (() => {})
    const entries = [...readListing(this.ports, viewLog(this.ports, path), planRead({ ...options, onDamage }))]
    entries.forEach((entry, i) => {
      const before = entries[i - 1]?.lsn ?? 0
      if (entry.lsn <= before) throw new Finding(`LSN ${entry.lsn} is handed out behind LSN ${before}`)
    })
    this.counts.records += entries.length
    for (const form of FORMS) this.print(entries.slice(0, PRINTED_MAX), form)
    return entries
  }

  private print(entries: readonly Entry[], form: EntryForm): void {
    const text = new EntryText(form, (_, error) => checkLine('dump', describeFailure(error)))
    for (const entry of entries) {
      const line = text.of(entry)
      checkLine(`dump ${form}`, line)
      if (form === 'json') JSON.parse(line)
    }
  }

  /** Verify counts what a reader gets; a reader who asks for a part gets that part. */
  private compare(report: VerifyReport, entries: readonly Entry[], random: SeededRandom): void {
    if (report.lastLsn < report.durableLsn && report.lastLsn > 0)
      throw new Finding(`verify says that the last LSN is ${report.lastLsn}, and LSN ${report.durableLsn} was durable`)
    if (report.records !== entries.length)
      throw new Finding(`verify counts ${report.records} records, a reader gets ${entries.length}`)
    const near = (): number => (entries.length === 0 ? 2 : random.pick(entries).lsn) + random.between(-1, 1)
    const [from, to] = [near(), near()].map((lsn) => Math.min(Number.MAX_SAFE_INTEGER, lsn)) as [number, number]
    const type = random.below(8)
    const options = { from, to, ...(random.chance(0.5) ? { type } : {}), onDamage: 'skip' as const }
    const isWanted = (entry: Entry): boolean => options.type === undefined || entry.type === type
    const wanted = entries.filter((entry) => entry.lsn >= from && entry.lsn <= to && isWanted(entry))
    const got = this.attempt('read a part', () => this.read(LOG_DIR, options))
    if (String(got?.map((entry) => entry.lsn)) !== String(wanted.map((entry) => entry.lsn)))
      throw new Finding(`reading ${JSON.stringify(options)} gives ${got?.length} records, not ${wanted.length}`)
  }

  /** What is handed out before the damage is what comes first. */
  private readStopping(all: readonly Entry[] | undefined): void {
    let count = 0
    for (const entry of readListing(this.ports, viewLog(this.ports, LOG_DIR), planRead({}))) {
      const other = all?.[count++]
      if (all !== undefined && (other?.lsn !== entry.lsn || other.check !== entry.check))
        throw new Finding(`LSN ${entry.lsn} is handed out to a reader who stops at damage, and not to one who goes on`)
    }
  }

  private eachFile(files: readonly FuzzFile[]): void {
    for (const { name, kind } of files) {
      if (kind !== 'file') continue
      this.attempt('verify a file', () => this.verify(`${LOG_DIR}/${name}`))
      this.attempt('read a file', () => this.read(`${LOG_DIR}/${name}`, {}))
    }
  }

  /** What can be read of a log stands in the repaired one, and nothing else; what is salvaged makes a clean log. */
  private async repair(files: readonly FuzzFile[], random: SeededRandom): Promise<void> {
    const ports = { ...this.ports, fs: this.fs }
    const fixSingleBit = random.chance(0.3)
    await attemptLater('repair', this.bytes, this.counts.refusals, async () => {
      const repaired = await repairTwice(ports, LOG_DIR, { fixSingleBit })
      if (!fixSingleBit) checkHolds(examine(ports, LOG_DIR).entries, repaired)
    })
    const paths = files.map(({ name }) => `${LOG_DIR}/${name}`)
    await attemptLater('salvage', this.bytes, this.counts.refusals, () => salvageAndRepair(ports, paths))
  }

  /** A reader who waits for more, for some milliseconds. */
  private async follow(): Promise<void> {
    const plan = planRead({ follow: true, pollMs: 1, onDamage: 'skip', signal: AbortSignal.timeout(5) })
    let before = 0
    await attemptLater('follow', this.bytes, this.counts.refusals, async () => {
      for await (const { lsn } of followLog(this.ports, LOG_DIR, plan)) {
        if (lsn <= before) throw new Finding(`a follower gets LSN ${lsn} behind LSN ${before}`)
        before = lsn
      }
    })
  }

  /** Memory that notes how large it was made. */
  private watched(memory: FrameMemory): FrameMemory {
    return {
      ...memory,
      larger: (capacity) => {
        this.largest = Math.max(this.largest, capacity)
        return this.watched(memory.larger(capacity))
      },
    }
  }
}

function textOf(value: unknown): string {
  return JSON.stringify(value, (_, item: unknown) => (typeof item === 'bigint' ? String(item) : item))
}
