/** Retention of a log on a simulated disk: the steward's keeper, with what it tells. */
import { createDigests } from '../../src/format/index.ts'
import { CheckpointNeed } from '../../src/retention/checkpoint-need.ts'
import type { RetentionOptions } from '../../src/retention/retention-options.ts'
import { resolveRetention } from '../../src/retention/retention-options.ts'
import type { Pieces } from '../../src/wal/chores.ts'
import { LogNeeds } from '../../src/wal/log-needs.ts'
import { PositionKeeper } from '../../src/wal/position-keeper.ts'
import type { RetentionHeld } from '../../src/wal/retention-held.ts'
import { RetentionKeeper } from '../../src/wal/retention-keeper.ts'
import { SegmentLedger } from '../../src/wal/segment-ledger.ts'
import type { TruncateReport } from '../../src/wal/segment-retirer.ts'
import { RECORD_BYTES } from '../retire/retire-kit.ts'
import { checker, LOG_DIR, type LogHarness } from '../support/log-harness.ts'
import { SMALL } from '../support/log-images.ts'
import { payload } from '../support/log-records.ts'
import type { SimulatedDisk } from '../support/simulated-disk.ts'

const newDigest = await createDigests()

export const SEGMENT_BYTES: number = SMALL.segmentBytes

export interface Kept {
  readonly log: LogHarness
  readonly keeper: RetentionKeeper
  readonly positions: PositionKeeper
  readonly needs: LogNeeds
  /** What it told. */
  readonly retired: TruncateReport[]
  readonly held: (RetentionHeld | undefined)[]
  readonly warnings: string[]
}

/** @param log with spares */
export function keep(log: LogHarness, options: RetentionOptions, spareSegments = 1): Kept {
  const { disk: fs, control, clock, recovered, retirer, recycled } = log
  const { logId } = recovered
  const ledger = new SegmentLedger(fs, checker, LOG_DIR, SEGMENT_BYTES)
  const settings = resolveRetention(options, { segmentBytes: SEGMENT_BYTES, spareSegments })
  const checkpoints = settings.limits.checkpoint
    ? new CheckpointNeed({ fs, checker, newDigest }, LOG_DIR, logId)
    : undefined
  const needs = new LogNeeds({ fs, checker, control }, LOG_DIR, logId, checkpoints)
  const parts = { fs, dir: LOG_DIR, control, clock, ledger, needs, retirer, recycled, spares: log.spares! }
  const told = { retired: [] as TruncateReport[], held: [] as (RetentionHeld | undefined)[], warnings: [] as string[] }
  const keeper = new RetentionKeeper(
    parts,
    { ...settings, segmentBytes: SEGMENT_BYTES, spareSegments },
    {
      retired: (report) => void told.retired.push(report),
      held: (state) => void told.held.push(state),
      warning: ({ message }) => void told.warnings.push(message),
    },
  )
  const positions = new PositionKeeper({ fs, checker, control, clock, ledger }, LOG_DIR, logId)
  return { log, keeper, positions, needs, ...told }
}

export function run<T>(pieces: Pieces<T>): T {
  for (;;) {
    const { done, value } = pieces.next()
    if (done) return value
  }
}

/** The steward's turn: what is due of retention, then a file for the next segment, if it may be made. */
export function turn({ log, keeper }: Pick<Kept, 'log' | 'keeper'>): void {
  if (keeper.isDue) run(keeper.sweep())
  if (keeper.allowsFiles) log.makeSpares()
}

/** Appends records, each durable, with the steward's turn before and behind each. */
export function append(kept: Kept, count: number, each: () => void = () => {}): void {
  const { log } = kept
  for (let i = 0; i < count; i++) {
    turn(kept)
    const lsn = log.appender.lastLsn + 1
    log.appender.appendBytes(payload(RECORD_BYTES, lsn), { type: lsn })
    log.flush()
    each()
  }
  turn(kept)
}

/** Bytes of all files for segments that are there. */
export function bytesOn(disk: SimulatedDisk): number {
  const names = disk.list(LOG_DIR).filter((name) => /\.(rwal|spare)$/.test(name))
  return names.reduce((sum, name) => sum + disk.statPath(`${LOG_DIR}/${name}`)!.size, 0)
}

/** Numbers of the segments in the log's directory, without files made ahead. */
export function segmentsOn({ log }: Pick<Kept, 'log'>): number[] {
  return new SegmentLedger(log.disk, checker, LOG_DIR, SEGMENT_BYTES).look(0).map(({ number }) => number)
}
