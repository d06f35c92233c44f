/** One random case: a sample log, damage drawn from a seed, and everything that must hold of what is found. */
import { isDeepStrictEqual } from 'node:util'
import { createKernelMemory } from '../../src/format/index.ts'
import { checker, LOG_DIR } from '../support/log-harness.ts'
import { SeededRandom } from '../support/seeded-random.ts'
import { DamagedFiles, damageAtRandom } from './damaged-files.ts'
import { examine, type Findings, surveyInChunks } from './examine.ts'
import { MemoryFiles } from './memory-files.ts'
import { isRefusal, openAtRandom } from './opening.ts'
import { checkEntries, checkFindings, Violation } from './oracle.ts'
import { checkHolds, repairTwice, salvageAndRepair } from './repair-check.ts'
import { SAMPLE_NAMES, type SampleLog, type SampleName, sampleLog } from './sample-log.ts'

/** More than any of the files has: memory that would have to grow in every case is not what is tried here. */
const MEMORY_BYTES = 1 << 16

interface Bench {
  readonly log: SampleLog
  readonly files: DamagedFiles
}

/** How often the dearer checks are made: shares of all cases. */
export interface CheckShares {
  readonly repair: number
  /** Each of: in chunks, one file by itself. */
  readonly others: number
}

/** Makes the sample logs once, and does one case after the other on them. */
export class DamageBench {
  readonly fs: MemoryFiles = new MemoryFiles()
  private readonly shares: CheckShares
  private readonly ports = { fs: this.fs, checker, memory: createKernelMemory(MEMORY_BYTES) }
  private readonly benches: readonly Bench[] = SAMPLE_NAMES.map((name) => {
    const log = sampleLog(name)
    return { log, files: new DamagedFiles(log) }
  })

  constructor(shares: CheckShares = { repair: 0.25, others: 0.1 }) {
    this.shares = shares
  }

  /**
   * Random damage, always the same for a seed and a number.
   * @throws an error that says what was done to which log, and what did not hold
   */
  async run(seed: number, number: number): Promise<void> {
    const random = new SeededRandom(seed * 2 ** 32 + number)
    const bench = random.pick(this.benches)
    bench.files.restore()
    await this.checked(bench, damageAtRandom(bench.files, random), random)
  }

  /** How many bits the two files of a log have. */
  bitsOf(name: SampleName): number {
    return this.benchOf(name).log.segments.reduce((sum, { bytes }) => sum + 8 * bytes.length, 0)
  }

  /** One flipped bit of a log, counted from the first of its older file. @throws as `run` does */
  async runBit(name: SampleName, number: number): Promise<void> {
    const bench = this.benchOf(name)
    bench.files.restore()
    const [one, two] = bench.files.files
    const isOlder = number < 8 * one!.size
    const file = isOlder ? one! : two!
    const bit = isOlder ? number : number - 8 * one!.size
    file.bytes[bit >> 3]! ^= 1 << (bit & 7)
    const done = `flipped ${file.segment.name} byte ${bit >> 3} bit ${bit & 7}`
    await this.checked(bench, done, new SeededRandom(number))
  }

  private benchOf(name: SampleName): Bench {
    return this.benches.find(({ log }) => log.name === name)!
  }

  private async checked({ log, files }: Bench, done: string, random: SeededRandom): Promise<void> {
    try {
      await this.check(log, files, random)
    } catch (error) {
      throw new Error(`${log.name} log: ${done}: ${error instanceof Error ? error.message : error}`, { cause: error })
    }
  }

  private async check(log: SampleLog, files: DamagedFiles, random: SeededRandom): Promise<void> {
    const { fs, ports } = this
    fs.clear(LOG_DIR)
    files.write(fs, log)
    const findings = examine(ports, LOG_DIR)
    const proven = checkFindings(log, files, findings)
    if (random.chance(this.shares.others)) await this.checkChunks(findings, random)
    if (random.chance(this.shares.others)) this.checkOneFile(log, random)
    if (random.chance(this.shares.repair)) await this.checkRepair(log, findings, random.chance(0.3))
    if (random.chance(this.shares.repair / 2)) await this.checkSalvage(log, findings)
    this.checkOpening(Math.max(proven, findings.entries.at(-1)?.lsn ?? 0), random)
    if (fs.openFiles > 0) throw new Violation(`${fs.openFiles} files were left open`)
  }

  /** What threads tell that share a segment is what one tells that reads all of it. */
  private async checkChunks(findings: Findings, random: SeededRandom): Promise<void> {
    const bytes = random.pick([512, 1000, 4096])
    const parts = await surveyInChunks(this.ports, findings.listing, bytes)
    if (!isDeepStrictEqual(parts, findings.surveys)) throw new Violation(`chunks of ${bytes} bytes tell something else`)
  }

  /** A segment by itself: no more can be asked of it than right records. */
  private checkOneFile(log: SampleLog, random: SeededRandom): void {
    const { path } = random.pick(log.segments)
    checkEntries({ records: log.history }, examine(this.ports, path).entries)
  }

  private async checkRepair(log: SampleLog, findings: Findings, fixSingleBit: boolean): Promise<void> {
    const repaired = await repairTwice(this.ports, LOG_DIR, { fixSingleBit })
    if (!fixSingleBit) checkHolds(findings.entries, repaired)
    checkEntries(log, repaired?.findings.entries ?? [])
  }

  /** The two files as loose ones: what a reader gets of the log is salvaged, unless a file had to be left out. */
  private async checkSalvage(log: SampleLog, { entries }: Findings): Promise<void> {
    const paths = log.segments.map(({ path }) => path)
    const made = await salvageAndRepair(this.ports, paths)
    const got = made?.findings.entries ?? []
    checkEntries({ records: log.history }, got)
    const lsns = new Set(got.map(({ lsn }) => lsn))
    const lost = entries.find(({ lsn }) => !lsns.has(lsn))
    if (lost !== undefined && made?.report.leftOut.length === 0)
      throw new Violation(`LSN ${lost.lsn} could be read, and is not salvaged`)
  }

  /** @param taken the highest LSN that an opening must not give out again */
  private checkOpening(taken: number, random: SeededRandom): void {
    try {
      const wrong = openAtRandom(this.ports, taken, random)
      if (wrong !== undefined) throw new Violation(wrong)
    } catch (error) {
      if (!isRefusal(error)) throw error
    }
  }
}
