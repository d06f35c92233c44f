/**
 * A life of a log with every phase: first opening, appends, rotation, retiring and recycling, reading, verifying, death, an
 * opening that finds what a crash left, a clean close, an opening behind it. One call fails, or all from one on.
 */
import { STATE_POISONED } from '../../src/wal/control-layout.ts'
import { LOG_DIR, LogHarness } from '../support/log-harness.ts'
import { payload, readEntries, thrownBy } from '../support/log-records.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { SimulatedDisk } from '../support/simulated-disk.ts'
import { dropAll } from '../support/simulated-disk-crash.ts'
import { verifyDisk } from '../support/verify-disk.ts'
import { checkCrashState, type ModelRecord } from '../wal/log-model.ts'
import { checkClosed, checkError, checkHang, checkPoisoned, checkRefusedOpening, require } from './fault-checks.ts'
import { type FaultKind, HANG_MS, NthCall } from './fault-points.ts'
import { ringOf } from './life-rings.ts'

/** Who a failing call belonged to. */
export type Struck = 'opening' | 'writer' | 'steward' | 'retirer' | 'reader'

export interface Variant {
  readonly policy: 'always' | 'interval' | 'never'
  readonly spareSegments: number
}

export const VARIANTS: readonly Variant[] = [
  { policy: 'always', spareSegments: 0 },
  { policy: 'interval', spareSegments: 1 },
  { policy: 'never', spareSegments: 2 },
]

/** @returns in which phase the call failed; undefined if the life met no fault @throws if a rule was broken */
export function liveWithFault(variant: Variant, kind: FaultKind, at: number): Struck | undefined {
  return new FaultLife(variant, kind, at).run()
}

class FaultLife {
  private readonly variant: Variant
  private readonly kind: FaultKind
  private readonly clock = new ManualClock()
  private readonly faults: NthCall
  private disk = new SimulatedDisk()
  private log: LogHarness | undefined
  private records: ModelRecord[] = []
  private floor = 0
  private cut = 1
  private struck: Struck | undefined
  /** Where the calls of this process begin to be those behind the failed one. */
  private failedAt: number | undefined

  constructor(variant: Variant, kind: FaultKind, at: number) {
    this.variant = variant
    this.kind = kind
    this.faults = new NthCall(kind, at, () => this.clock.advance(HANG_MS))
  }

  run(): Struck | undefined {
    this.disk.faults = this.faults
    this.open()
    this.append(9)
    this.retire()
    this.append(9)
    this.read()
    this.die()
    this.disk.writeFile(`${LOG_DIR}/00000000000000000099.rwal`, new Uint8Array(4096))
    this.open()
    this.append(4)
    this.close()
    this.open()
    this.append(1)
    this.read()
    this.close()
    return this.struck
  }

  private get durable(): number {
    return Math.max(this.floor, this.log?.durable ?? 0)
  }

  /** Does something as an actor. @returns what it throws, if that is an error the product may throw */
  private act(who: Struck, action: () => void): unknown {
    const { struck } = this.faults
    const hits = struck.length
    const before = this.durable
    const error = thrownBy(action)
    require(this.durable >= before, 'the durable LSN fell')
    const failed = struck[hits]
    if (failed !== undefined) {
      this.struck ??= who
      this.failedAt ??= this.disk.calls.indexOf(failed)
    }
    if (error !== undefined) {
      require(struck.length > 0, `${who} fails without a fault: ${(error as Error).message}`, error)
      checkError(error, who)
    }
    if (this.kind.manner === 'hang') checkHang(error, this.log, who === 'writer' ? failed : undefined)
    else if (who === 'writer' && failed !== undefined) checkPoisoned(this.log!, failed, this.durable)
    return error
  }

  /** What met the fault is tried again, as an operator would: under the same fault once, then on a disk that was mended. */
  private open(): void {
    const { policy, spareSegments } = this.variant
    const settings = { policy, spareSegments, everyMs: 20, segmentBytes: 8192, ringBytes: 8192, ring: ringOf(8192) }
    for (let attempt = 1; this.log === undefined; attempt++) {
      if (attempt > 2) this.faults.isHealed = true
      require(attempt < 5, 'the log does not open on a disk that was mended')
      const error = this.act('opening', () => {
        this.clock.advance(1)
        const log = LogHarness.open(this.disk, { ...settings, clock: this.clock, seed: 1000 + attempt })
        log.tidy()
        this.log = log
      })
      if (error === undefined) break
      checkRefusedOpening(this.disk)
      this.nextProcess()
    }
    const last = this.log!.recovered.resume.nextLsn - 1
    require(last >= this.floor && last <= this.records.length, `opened at LSN ${last}, durable was ${this.floor}`)
    this.records.length = last
    this.floor = last
  }

  private append(count: number): void {
    const log = this.log!
    for (let i = 0; i < count; i++) {
      const record = { bytes: payload(900, this.records.length), type: i, continues: false }
      if (thrownBy(() => log.appender.appendBytes(record.bytes, record)) === undefined) this.records.push(record)
      this.act('writer', () => (i % 3 === 2 ? log.flush() : log.settle()))
      this.act('steward', () => void log.spares?.step())
      this.act('writer', () => log.pass(i % 4 === 3 ? 25 : 4))
    }
  }

  private retire(): void {
    const log = this.log!
    if (log.control.state === STATE_POISONED) return
    this.cut = Math.max(1, log.durable)
    this.act('retirer', () => void log.truncateBefore(this.cut))
  }

  /** What a reader says of a fault is an error, or damage that names the file; never a wrong record, nor a descriptor kept. */
  private read(): void {
    const open = this.disk.openPaths().length
    this.act('reader', () => {
      const entries = readEntries(this.disk)
      for (const { lsn, bytes } of entries)
        require(Buffer.compare(bytes, this.records[lsn - 1]?.bytes ?? new Uint8Array()) === 0, `LSN ${lsn} is another`)
    })
    this.act('reader', () => {
      const { ok } = verifyDisk(this.disk)
      require(ok || this.faults.struck.length > 0, 'verify finds damage in a log without a fault')
    })
    require(this.disk.openPaths().length === open, 'a reader keeps a descriptor')
  }

  private die(): void {
    this.endOfProcess()
    this.nextProcess()
  }

  private close(): void {
    const log = this.log!
    this.act('writer', () => {
      log.beginClosing()
      while (!log.writer.finished) log.step()
    })
    const isClean = log.control.state !== STATE_POISONED
    if (isClean) this.act('steward', () => log.spares?.clear())
    if (isClean) checkClosed(this.disk)
    this.endOfProcess()
    this.nextProcess()
  }

  /** Nothing that was acknowledged is lost, whether the power goes or not, and nothing was done that must not be. */
  private endOfProcess(): void {
    this.checkCallsBehind()
    const model = { records: this.records, durable: this.durable, cut: this.cut }
    checkCrashState(this.disk.processDeath(), model, 4)
    checkCrashState(this.disk.crash(dropAll), model, 8)
  }

  /** Rules R2 and R19: behind a failed write or sync nothing is written to that file; no sync is tried again. */
  private checkCallsBehind(): void {
    if (this.failedAt === undefined || this.kind.manner === 'hang') return
    const failed = this.disk.calls[this.failedAt]!
    const syncs = ['syncData', 'syncAll', 'syncDirectory']
    if (failed.operation !== 'write' && !syncs.includes(failed.operation)) return
    const forbidden = [...syncs, 'write', 'truncate']
    for (const { path, operation, how } of this.disk.calls.slice(this.failedAt + 1)) {
      // A spare file that failed is removed; the writer makes another one, or has one, under its name.
      if (path === failed.path && (how === 'create' || operation === 'link')) return
      const isAgain = path === failed.path && forbidden.includes(operation)
      require(!isAgain, `${operation} of ${path} behind a failed ${failed.operation}`)
    }
  }

  private nextProcess(): void {
    this.floor = this.durable
    this.log = undefined
    this.failedAt = undefined
    this.disk = this.disk.processDeath()
    this.disk.faults = this.faults
    this.clock.advance(1000)
  }
}
