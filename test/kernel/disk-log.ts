import { type TestContext, vi } from 'vitest'
import { type RingwalError, Wal, type WalOptions } from '../../src/index.ts'
import { checkLog, type Extent } from '../process/check-log.ts'
import { NumberedRecords } from '../process/numbered-records.ts'
import { skipAloud } from '../process/skip-aloud.ts'
import { type DiskOptions, LoopDisk, whyNoDisk } from './loop-disk.ts'

const SEED = 7
const BYTES_MAX = 8000
const LIMIT_MS = 20_000

/** A disk for one test, or a reason in the summary why there is none. */
export function diskFor(ctx: TestContext, options: DiskOptions): LoopDisk {
  const why = whyNoDisk(options)
  if (why !== undefined) skipAloud(ctx, why)
  const disk = new LoopDisk(options)
  ctx.onTestFinished(() => disk[Symbol.dispose]())
  return disk
}

export interface Refused {
  readonly error: RingwalError
  /** Highest LSN that was acknowledged before. */
  readonly durable: number
}

/** A log that is appended to until its disk refuses. */
export class DiskLog {
  readonly dir: string
  readonly segmentBytes: number
  private readonly records = new NumberedRecords(SEED, BYTES_MAX)
  private opened: Wal | undefined
  private durable = 0
  private cut = 0

  constructor(dir: string, segmentBytes: number = 1 << 18) {
    this.dir = dir
    this.segmentBytes = segmentBytes
  }

  async open(options: Partial<WalOptions> = {}): Promise<Wal> {
    const { dir, segmentBytes } = this
    const sync = { policy: 'always' } as const
    this.opened = await Wal.open({ dir, segmentBytes, sync, ringBytes: 1 << 18, onWarning: vi.fn(), ...options })
    return this.opened
  }

  get wal(): Wal {
    return this.opened!
  }

  /** Appends so many records and waits for each. */
  async append(count: number): Promise<void> {
    for (let portions = 0; portions < count; portions++) {
      this.wal.appendBytesBatch(this.records.portionBehind(this.wal.lastLsn))
      const { lastLsn } = this.wal
      await this.wal.durable(lastLsn)
      this.durable = lastLsn
    }
  }

  /** Retires all but the latest records. */
  async retire(): Promise<number> {
    this.cut = this.wal.durableLsn
    return (await this.wal.truncateBefore(this.cut)).segments
  }

  /** Appends until that is refused. @throws if it is not */
  async appendUntilRefused(): Promise<Refused> {
    const deadline = performance.now() + LIMIT_MS
    try {
      while (performance.now() < deadline) await this.append(1)
    } catch (error) {
      return { error: error as RingwalError, durable: this.durable }
    }
    throw new Error('the log was never refused')
  }

  /** What one more append and the close of a poisoned log say. */
  async lastWords(): Promise<{ append: string; close: string }> {
    let append = 'accepted'
    try {
      this.wal.appendBytes(new Uint8Array(10))
    } catch (error) {
      append = (error as RingwalError).code
    }
    const close = await this.wal.close().then(
      () => 'closed',
      (error: RingwalError) => error.code,
    )
    return { append, close }
  }

  /** Holds what is there against what was acknowledged, with the fault gone. @throws Violation */
  check(): Promise<Extent> {
    const { dir, segmentBytes, durable, cut } = this
    return checkLog({ dir, segmentBytes, seed: SEED, bytesMax: BYTES_MAX }, { durable, cutting: cut, first: 0 })
  }
}

export const POISONED = { append: 'ERR_RINGWAL_POISONED', close: 'ERR_RINGWAL_POISONED' } as const
