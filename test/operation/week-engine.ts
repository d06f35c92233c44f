/** One life of the engine: the log, its steward with checkpoints and retention, and its archivist. */
import { archive, archiveOptions } from '../../src/archive/archive-log.ts'
import type { ArchivePorts } from '../../src/archive/archive-ports.ts'
import type { ArchiveTarget } from '../../src/archive/archive-target.ts'
import type { ArchiveEvent } from '../../src/archivist/archive-events.ts'
import { Archivist } from '../../src/archivist/archivist.ts'
import { PatientTarget } from '../../src/archivist/patient-target.ts'
import { listCheckpoints } from '../../src/checkpoint/checkpoint-files.ts'
import { createKernelMemory } from '../../src/format/index.ts'
import { CheckpointNeed } from '../../src/retention/checkpoint-need.ts'
import { resolveRetention } from '../../src/retention/retention-options.ts'
import { TRADING_LABEL } from '../../src/trading/index.ts'
import { CheckpointKeeper, removeUnfinished } from '../../src/wal/checkpoint-keeper.ts'
import type { Pieces } from '../../src/wal/chores.ts'
import { LogNeeds } from '../../src/wal/log-needs.ts'
import { RetentionKeeper } from '../../src/wal/retention-keeper.ts'
import { SegmentLedger } from '../../src/wal/segment-ledger.ts'
import { archivePorts, newDigest } from '../archive/archive-kit.ts'
import { ringOf } from '../simulation/life-rings.ts'
import { checker, LOG_DIR, LogHarness } from '../support/log-harness.ts'
import type { ManualClock } from '../support/manual-clock.ts'
import type { SeededRandom } from '../support/seeded-random.ts'
import type { Machines } from './week-machines.ts'
import {
  MINUTE_MS,
  RING_BYTES,
  retentionOf,
  SEGMENT_BYTES,
  SPARE_SEGMENTS,
  type WeekSettings,
} from './week-settings.ts'
import { WeekTimers } from './week-timers.ts'

const memory = createKernelMemory(1 << 16)
/** Of a snapshot, in bytes. */
const PIECE_BYTES = 4096
const SIZES = { segmentBytes: SEGMENT_BYTES, spareSegments: SPARE_SEGMENTS }

export interface EngineParts {
  readonly settings: WeekSettings
  readonly machines: Machines
  readonly clock: ManualClock
  readonly random: SeededRandom
  readonly target: ArchiveTarget
  /** How many LSNs more are said to be archived than are: 0, but where the checks of a week are tried. */
  readonly archivedAhead: number
}

export class WeekEngine {
  readonly log: LogHarness
  readonly timers: WeekTimers = new WeekTimers()
  /** Of the archivist, what it told. */
  readonly told: ArchiveEvent[] = []
  /** Segments that retention took away. */
  retired = 0
  private readonly parts: EngineParts
  private readonly checkpoints: CheckpointKeeper
  private readonly retention: RetentionKeeper
  private readonly archivist: Archivist

  /** Opens the log. @throws as an opening does */
  constructor(parts: EngineParts) {
    const { settings, machines, clock, random } = parts
    const { log: fs } = machines
    this.parts = parts
    const ring = ringOf(RING_BYTES)
    const seed = random.uint32()
    const sync = { policy: settings.policy, everyMs: 100 }
    this.log = LogHarness.open(fs, { ...sync, ...SIZES, ringBytes: RING_BYTES, clock, seed, memory, ring })
    const { control, recovered, retirer, recycled, spares } = this.log
    const { logId } = recovered
    control.needs.hasArchive = true
    this.log.tidy()
    for (const _ of removeUnfinished(fs, LOG_DIR));
    const reads = { fs, checker, newDigest }
    this.checkpoints = new CheckpointKeeper({ ...reads, control, clock }, LOG_DIR, logId)
    const need = settings.checkpoint ? new CheckpointNeed(reads, LOG_DIR, logId) : undefined
    const needs = new LogNeeds({ fs, checker, control }, LOG_DIR, logId, need)
    const ledger = new SegmentLedger(fs, checker, LOG_DIR, SEGMENT_BYTES)
    const keeping = { fs, dir: LOG_DIR, control, clock, ledger, needs, retirer, recycled, spares: spares! }
    const limits = { ...resolveRetention(retentionOf(settings), SIZES), ...SIZES }
    this.retention = new RetentionKeeper(keeping, limits, {
      retired: ({ segments }) => {
        this.retired += segments
      },
      held: () => {},
      warning: () => {},
    })
    this.archivist = this.newArchivist()
    this.archivist.begin()
  }

  private get archivePorts(): ArchivePorts {
    const { machines, clock } = this.parts
    return { ...archivePorts(machines.log), now: () => Math.floor(clock.wallMs()) }
  }

  private newArchivist(): Archivist {
    const { settings, machines, random, target, archivedAhead } = this.parts
    const { control } = this.log
    const patient = new PatientTarget(target, 2 * MINUTE_MS, this.timers)
    const log = {
      durable: () => control.durable,
      segments: () => control.counts.readCounts().segments,
      checkpoints: () => String(listCheckpoints(machines.log, LOG_DIR).map(({ name }) => name)),
      noteArchived: (lsn: number) => {
        if (lsn > control.needs.archivedLsn) control.needs.archivedLsn = lsn + archivedAhead
      },
    }
    return new Archivist(
      {
        log,
        timers: this.timers,
        random: () => random.below(1000) / 1000,
        archive: (order) => archive(this.archivePorts, LOG_DIR, patient, archiveOptions(order)),
        tell: (event) => void this.told.push(event),
      },
      { everyMs: settings.archiveEveryMs },
    )
  }

  /** The steward's turn: what is due of retention, then files for the next segments, if they may be made. */
  steward(): void {
    const { retention, log } = this
    if (retention.isDue) run(retention.sweep())
    if (retention.allowsFiles) log.makeSpares()
  }

  /** @param beside what others do between two pieces of the work */
  checkpoint(snapshot: Uint8Array, lsn: number, beside: () => void): void {
    const steps: Parameters<CheckpointKeeper['take']>[0][] = [{ do: 'begin', lsn, label: TRADING_LABEL }]
    for (let at = 0; at < snapshot.length; at += PIECE_BYTES)
      steps.push({ do: 'write', piece: snapshot.slice(at, at + PIECE_BYTES) })
    try {
      for (const step of [...steps, { do: 'finish', keep: 2 } as const])
        for (const _ of this.checkpoints.take(step)) beside()
    } catch (error) {
      run(this.checkpoints.take({ do: 'drop' }))
      throw error
    }
    this.retention.hurry()
  }

  /** As `ringwal backup --full`, by a process of its own. @throws as `archiveLog` does */
  async backUpWhole(): Promise<void> {
    const { target } = this.parts
    await archive(this.archivePorts, LOG_DIR, target, archiveOptions({ full: true }))
  }

  /** Lets time pass for the archivist. */
  pass(ms: number): Promise<void> {
    return this.timers.pass(ms)
  }

  /** A clean end, with a last run of the archive. */
  async close(): Promise<void> {
    this.log.close()
    const ended = this.archivist.end(5 * MINUTE_MS)
    for (let minute = 0; minute < 6; minute++) await this.timers.pass(MINUTE_MS)
    await ended
  }
}

function run<T>(pieces: Pieces<T>): T {
  for (;;) {
    const { done, value } = pieces.next()
    if (done) return value
  }
}
