import { createChecker, createDigests } from '../format/index.ts'
import { CheckpointNeed } from '../retention/checkpoint-need.ts'
import type { FileSystem } from '../storage/file-system.ts'
import { CheckpointKeeper } from './checkpoint-keeper.ts'
import type { Clock } from './clock.ts'
import type { LogControl } from './control.ts'
import { LogNeeds } from './log-needs.ts'
import { PositionKeeper } from './position-keeper.ts'
import type { StewardInit } from './protocol.ts'
import type { RecycledFiles } from './recycled-files.ts'
import { RetentionKeeper, type RetentionTold } from './retention-keeper.ts'
import type { RetirePorts } from './retire-unneeded.ts'
import { SegmentLedger } from './segment-ledger.ts'
import { SegmentRetirer } from './segment-retirer.ts'
import type { PlacedFile } from './segment-watch.ts'
import type { SpareMaker } from './spare-maker.ts'

export interface OfficePorts {
  readonly fs: FileSystem
  readonly clock: Clock
  readonly control: LogControl
  readonly recycled: RecycledFiles
  readonly spares: SpareMaker
}

export interface OfficeSettings extends StewardInit {
  readonly logId: string
  /** The log's directory, as it was when the log was opened. */
  readonly directory: PlacedFile
  /** Number of the first segment that the writer can begin. */
  readonly first: number
}

/** What the steward of a log does besides making segments: for each duty, who does it. */
export interface StewardOffice {
  readonly checkpoints: CheckpointKeeper
  readonly retiring: RetirePorts
  readonly positions: PositionKeeper
  /** Undefined for a log of which all is kept. */
  readonly retention: RetentionKeeper | undefined
}

/** Takes a while, as what headers are checked with has to be loaded. */
export async function openOffice(
  ports: OfficePorts,
  settings: OfficeSettings,
  told: RetentionTold,
): Promise<StewardOffice> {
  const [checker, newDigest] = await Promise.all([createChecker(), createDigests()])
  const { fs, clock, control, recycled, spares } = ports
  const { dir, logId, directory, first, retention, segmentBytes, spareSegments } = settings
  const retirer = new SegmentRetirer({ fs, checker, control, recycled }, { directory, first })
  const ledger = new SegmentLedger(fs, checker, dir, segmentBytes)
  const reads = { fs, checker, newDigest }
  const checkpointNeed = retention?.limits.checkpoint ? new CheckpointNeed(reads, dir, logId) : undefined
  const needs = new LogNeeds({ fs, checker, control }, dir, logId, checkpointNeed)
  const parts = { fs, dir, control, clock, ledger, needs, retirer, recycled, spares }
  return {
    checkpoints: new CheckpointKeeper({ ...reads, control, clock }, dir, logId),
    retiring: { fs, dir, retirer, needs },
    positions: new PositionKeeper({ fs, checker, control, clock, ledger }, dir, logId),
    retention: retention && new RetentionKeeper(parts, { ...retention, segmentBytes, spareSegments }, told),
  }
}
