/**
 * A whole log in one thread, for tests: appender, writer and steward over the real ring, on a simulated disk and a clock
 * that the test moves. Nothing happens between two calls of `step`.
 */
import {
  type Checker,
  createChecker,
  createKernelMemory,
  FRAME_HEADER_BYTES,
  type FrameMemory,
  HEADER_PAGE_BYTES,
} from '../../src/format/index.ts'
import { instantiateFrameKernel } from '../../src/format/kernel/frame-kernel.ts'
import { RingConsumer, RingMemory, RingProducer } from '../../src/ring/index.ts'
import { makeDirectories } from '../../src/storage/make-directories.ts'
import { Appender, type AppenderSettings } from '../../src/wal/appender.ts'
import { LogControl } from '../../src/wal/control.ts'
import {
  CONTROL_BYTES,
  largestClaim,
  RING_MARGIN_BYTES,
  STATE_CLOSED,
  STATE_CLOSING,
  STATE_OPEN,
} from '../../src/wal/control-layout.ts'
import { type Recovered, recoverLog } from '../../src/wal/recovery.ts'
import type { RecoverMode } from '../../src/wal/recovery-report.ts'
import { RecycledFiles } from '../../src/wal/recycled-files.ts'
import { SegmentRetirer, type TruncateReport } from '../../src/wal/segment-retirer.ts'
import { SpareMaker } from '../../src/wal/spare-maker.ts'
import { type SpareSegments, sharedSpares } from '../../src/wal/spare-segments.ts'
import type { SyncPolicy } from '../../src/wal/sync-plan.ts'
import { LogWriter } from '../../src/wal/writer.ts'
import { ManualClock } from './manual-clock.ts'
import type { ReusableRing } from './reusable-ring.ts'
import { SeededRandom } from './seeded-random.ts'
import type { SimulatedDisk } from './simulated-disk.ts'

export const LOG_DIR = '/wal'

/** What a log in a test may be told; every field has a default. */
export interface HarnessSettings {
  readonly policy?: SyncPolicy
  readonly everyMs?: number
  readonly segmentBytes?: number
  readonly ringBytes?: number
  readonly maxRecordBytes?: number
  /** How many segments the steward keeps ready; 0, the default, is no steward: the writer makes every file itself. */
  readonly spareSegments?: number
  readonly recover?: RecoverMode
  /** All by default; undefined is what `Wal.open` does without the option. */
  readonly verifyBytes?: number | undefined
  readonly seed?: number
  readonly clock?: ManualClock
  /** LSN of the first record of a log that is new. */
  readonly firstLsn?: number
  /** Memory through which recovery reads; one that is in use already must not be given. */
  readonly memory?: FrameMemory
  /** A ring of `ringBytes` to work on; no log that is in use may have it. */
  readonly ring?: ReusableRing
}

export const checker: Checker = await createChecker()

const CHUNK_BYTES = 1 << 16
const recoveryMemory = createKernelMemory(CHUNK_BYTES)

/** Nothing keeps a test's event loop alive but the test. */
const keepAlive = { ref(): void {}, unref(): void {} }

const DEFAULTS = {
  policy: 'interval',
  everyMs: 100,
  segmentBytes: 1 << 16,
  ringBytes: 1 << 16,
  spareSegments: 0,
  recover: 'tail',
  verifyBytes: Number.POSITIVE_INFINITY,
  seed: 1,
  firstLsn: 1,
} as const

/** Recovers what is on a disk, as an opening does, and opens nothing. */
export function recover(disk: SimulatedDisk, settings: HarnessSettings = {}): Recovered {
  const { recover, verifyBytes } = { ...DEFAULTS, ...settings }
  const { clock = new ManualClock(), memory = recoveryMemory } = settings
  const options = { dir: LOG_DIR, recover, verifyBytes, useBigInt64: undefined }
  return recoverLog({ fs: disk, clock, checker, memory }, options)
}

/** Makes the log's directory, durable, where it is missing. */
export function makeLogDirectory(disk: SimulatedDisk): void {
  makeDirectories(disk, LOG_DIR)
}

export class LogHarness {
  readonly disk: SimulatedDisk
  readonly clock: ManualClock
  readonly recovered: Recovered
  readonly ring: RingMemory
  readonly control: LogControl
  readonly producer: RingProducer
  readonly appender: Appender
  readonly writer: LogWriter
  readonly spares: SpareMaker | undefined
  readonly recycled: RecycledFiles
  readonly retirer: SegmentRetirer
  /** What the steward warned of. */
  readonly warnings: unknown[] = []
  private readonly appenderSettings: AppenderSettings

  private constructor(disk: SimulatedDisk, given: HarnessSettings) {
    const settings = { ...DEFAULTS, ...given }
    const { segmentBytes, ringBytes, spareSegments, firstLsn } = settings
    this.disk = disk
    this.clock = given.clock ?? new ManualClock()
    makeLogDirectory(disk)
    this.recovered = recover(disk, { ...given, clock: this.clock })
    const resume = resumeAt(this.recovered.resume, firstLsn)
    this.ring = given.ring?.begin(resume.nextLsn) ?? createRing(ringBytes, resume.nextLsn)
    this.control = new LogControl(this.ring)
    this.control.initialize(resume.nextLsn - 1)
    this.producer = RingProducer.first(this.ring, resume.nextLsn)
    const inSegment = segmentBytes - HEADER_PAGE_BYTES - 4 * FRAME_HEADER_BYTES
    const batchBytesMax = Math.min(largestClaim(ringBytes), inSegment)
    const maxRecordBytes = given.maxRecordBytes ?? batchBytesMax - FRAME_HEADER_BYTES
    this.appenderSettings = { maxRecordBytes, batchBytesMax, backpressure: 'error', waitMs: 1, useBigInt64: false }
    this.appender = new Appender(this.control, this.producer, this.appenderSettings, keepAlive)
    const { nextSegment: first } = resume
    const onWarning = (error: unknown): void => void this.warnings.push(error)
    this.recycled = new RecycledFiles(disk, { dir: LOG_DIR, segmentBytes, max: spareSegments, onWarning })
    const steward = { dir: LOG_DIR, segmentBytes, ahead: spareSegments, first }
    this.spares = spareSegments > 0 ? new SpareMaker(disk, this.control, this.recycled, steward) : undefined
    this.retirer = new SegmentRetirer(
      { fs: disk, checker, control: this.control, recycled: this.recycled },
      { directory: { path: LOG_DIR, identity: disk.statPath(LOG_DIR)!.identity }, first },
    )
    const random = new SeededRandom(settings.seed)
    const ports = {
      fs: disk,
      clock: this.clock,
      checker,
      consumer: new RingConsumer(this.ring),
      control: this.control,
      spares: this.spares === undefined ? noSpares : sharedSpares(this.control),
      kernel: given.ring?.kernel ?? instantiateFrameKernel(this.ring.memory),
      newSalt: () => (BigInt(random.uint32()) << 32n) | BigInt(random.uint32()) | 1n,
    }
    const { logId, epoch } = this.recovered
    const { policy, everyMs } = settings
    const identity = { dir: LOG_DIR, logId, epoch, codecSettings: 0, payloadMax: maxRecordBytes, segmentBytes }
    this.writer = new LogWriter(ports, { ...identity, policy, everyMs }, resume)
  }

  /** Recovers the log on the disk, a new one if there is none, and opens it. */
  static open(disk: SimulatedDisk, settings: HarnessSettings = {}): LogHarness {
    return new LogHarness(disk, settings)
  }

  /** One step of the writer. @returns whether it did anything */
  step(): boolean {
    return this.writer.step()
  }

  /** Steps until there is nothing to do at this time. */
  settle(): void {
    while (this.step());
  }

  /** Lets time pass and the writer do what is due then. */
  pass(ms: number): void {
    this.clock.advance(ms)
    this.settle()
  }

  /** Makes all that was appended durable, unless that fails. */
  flush(): void {
    this.control.requestFlush(this.appender.lastLsn)
    this.settle()
  }

  /** The steward at work, until it has nothing to do. */
  makeSpares(): void {
    while (this.spares?.step());
  }

  /** The steward takes away what earlier openings left of recycled files. */
  tidy(): void {
    for (const _ of this.recycled.removeLeftovers());
  }

  /** The steward retires what is below `lsn`, and does nothing else meanwhile. */
  truncateBefore(lsn: number): TruncateReport {
    const pieces = this.retirer.truncateBefore(lsn)
    for (;;) {
      const { done, value } = pieces.next()
      if (done) return value
    }
  }

  beginClosing(): void {
    this.ring.close(STATE_CLOSED)
    this.control.moveState(STATE_OPEN, STATE_CLOSING)
  }

  /** A clean close, steward included. */
  close(): void {
    this.beginClosing()
    while (!this.writer.finished) this.step()
    if (this.control.state === STATE_CLOSED) this.spares?.clear()
  }

  /** The highest LSN that the log says is durable. */
  get durable(): number {
    return this.control.durable
  }

  /** Another thread's hand on the log, under the owner number that is returned with it. */
  furtherAppender(): { appender: Appender; owner: number } {
    this.producer.share()
    const owner = this.ring.takeOwner()
    const producer = RingProducer.further(RingMemory.attach(this.ring.memory), owner)
    return { appender: new Appender(this.control, producer, this.appenderSettings, keepAlive), owner }
  }
}

function createRing(capacity: number, firstSequence: number): RingMemory {
  return RingMemory.create({ capacity, margin: RING_MARGIN_BYTES, userBytes: CONTROL_BYTES, firstSequence })
}

const noSpares: SpareSegments = { take: () => undefined }

function resumeAt(resume: Recovered['resume'], firstLsn: number): Recovered['resume'] {
  if (resume.nextSegment > 1 || firstLsn === 1) return resume
  return { ...resume, nextLsn: firstLsn, previous: { ...resume.previous, lastLsn: firstLsn - 1 } }
}
