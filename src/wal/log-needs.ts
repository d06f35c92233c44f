import type { CheckpointNeed } from '../retention/checkpoint-need.ts'
import { type Need, needOf } from '../retention/need.ts'
import { listPositions, type Position, type PositionPorts } from '../retention/position-files.ts'
import type { Pieces } from './chores.ts'
import type { LogControl } from './control.ts'

export interface NeedsPorts extends PositionPorts {
  readonly control: LogControl
}

/** Who needs what of a log: looked up anew each time, as consumers in other processes move their positions when they like. */
export class LogNeeds {
  private readonly ports: NeedsPorts
  private readonly dir: string
  private readonly logId: string
  /** Undefined where records are not kept for checkpoints. */
  private readonly checkpoints: CheckpointNeed | undefined

  constructor(ports: NeedsPorts, dir: string, logId: string, checkpoints?: CheckpointNeed) {
    this.ports = ports
    this.dir = dir
    this.logId = logId
    this.checkpoints = checkpoints
  }

  /** Of everybody whom nothing may be taken from, whoever asks for it. */
  ofOthers(): Need[] {
    const { heldLsn, hasArchive, archivedLsn } = this.ports.control.needs
    const needs = listPositions(this.ports, this.dir, this.logId).map((position) => this.ofPosition(position))
    if (heldLsn > 0) needs.push({ by: 'hold', name: '', lsn: heldLsn })
    if (hasArchive) needs.push({ by: 'archive', name: '', lsn: archivedLsn + 1 })
    return needs
  }

  /** The same, and what the checkpoints do not make up for. */
  *all(): Pieces<Need[]> {
    const checkpoint = this.checkpoints === undefined ? [] : [yield* this.checkpoints.find()]
    return [...checkpoint, ...this.ofOthers()]
  }

  /** A position that is ahead of the log holds everything: what came to stand there since was never seen by anybody. */
  private ofPosition(position: Position): Need {
    const { lsn } = position
    const { durable } = this.ports.control
    if (lsn === null || lsn <= durable) return needOf(position)
    const reason = `it is LSN ${lsn}, and LSN ${durable} is the last that is durable`
    return needOf({ ...position, lsn: null, unusable: reason })
  }
}
