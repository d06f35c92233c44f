/** Positions as the events of the recovery service tell them: with all facts that any event told. */
import type { ServiceFacts } from './service-event.ts'

/** A position's facts by their names, `id` and `status` first. */
export type ServicePosition = ReadonlyMap<string, unknown>

export class ServicePositions {
  private readonly positions = new Map<string, Map<string, unknown>>()

  /**
   * Takes an event in: one that opens a position tells all of it, others add to one that is there. An event may itself tell a
   * `status`, which then counts.
   */
  apply({ kind, id, data }: ServiceFacts): void {
    if (kind === 'POSITION_OPENED')
      this.positions.set(id, new Map<string, unknown>([['id', id], ['status', 'open'], ...Object.entries(data)]))
    const position = this.positions.get(id)
    if (position === undefined) return
    if (kind === 'POSITION_CLOSED') position.set('status', 'closed')
    if (kind === 'POSITION_CLOSED' || kind === 'POSITION_UPDATED')
      for (const [name, value] of Object.entries(data)) position.set(name, value)
  }

  /** How many there have been, whatever became of them. */
  get total(): number {
    return this.positions.size
  }

  /** By their ids, in the order in which they were first opened. */
  open(): ReadonlyMap<string, ServicePosition> {
    return new Map([...this.positions].filter(([, position]) => position.get('status') === 'open'))
  }
}
