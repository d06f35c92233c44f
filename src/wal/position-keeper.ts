import { randomBytes } from 'node:crypto'
import { RingwalError } from '../errors.ts'
import { requireLeft } from '../retention/outside-positions.ts'
import { type PositionPorts, removePosition, writePosition } from '../retention/position-files.ts'
import type { Pieces } from './chores.ts'
import type { Clock } from './clock.ts'
import type { LogControl } from './control.ts'
import { STATE_OPEN } from './control-layout.ts'
import { awaitWriter, makeNamesDurable } from './durable-names.ts'
import type { SegmentLedger } from './segment-ledger.ts'

/** What becomes of a consumer's position. */
export type PositionChange =
  | { readonly do: 'set'; readonly name: string; readonly lsn: number }
  | { readonly do: 'drop'; readonly name: string }

export interface PositionKeeperPorts extends PositionPorts {
  readonly control: LogControl
  readonly clock: Clock
  readonly ledger: SegmentLedger
}

/** The steward's part in the positions of consumers: it gives names in the directory, and so syncs it as the log's own. */
export class PositionKeeper {
  private readonly ports: PositionKeeperPorts
  private readonly dir: string
  private readonly logId: string

  constructor(ports: PositionKeeperPorts, dir: string, logId: string) {
    this.ports = ports
    this.dir = dir
    this.logId = logId
  }

  /**
   * @returns whether there was a position to drop
   * @throws ERR_RINGWAL_RETIRED; ERR_RINGWAL_IO: the log goes on; ERR_RINGWAL_POISONED if the directory could not be synced;
   *   ERR_RINGWAL_CLOSED
   */
  *change(change: PositionChange): Pieces<boolean> {
    const { fs, control } = this.ports
    if (control.state !== STATE_OPEN)
      throw control.refusal ?? new RingwalError('ERR_RINGWAL_CLOSED', 'the log is closed', {})
    const makeDurable = (): void => makeNamesDurable(this.ports, 'steward', this.dir)
    const wasThere =
      change.do === 'drop' ? removePosition(fs, this.dir, change.name, makeDurable) : this.set(change, makeDurable)
    yield* awaitWriter(control)
    return wasThere
  }

  private set({ name, lsn }: Extract<PositionChange, { do: 'set' }>, makeDurable: () => void): boolean {
    const { ports, dir, logId } = this
    requireLeft(ports.ledger.look(0)[0]?.header?.firstLsn ?? 0, lsn)
    const record = { logId, name, lsn, set: ports.clock.wallNs() }
    writePosition(ports, dir, record, randomBytes(8).toString('hex'), makeDurable)
    return true
  }
}
