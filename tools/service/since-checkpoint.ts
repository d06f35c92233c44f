import type { ServiceFacts } from '../../src/trading/service-event.ts'

/**
 * The events that were written down behind the last checkpoint of all, whatever time is asked for: so the recovery service chose
 * them. Without a checkpoint there are none.
 */
export class SinceCheckpoint {
  private checkpoint: string | undefined
  private later: ServiceFacts[] = []

  add(event: ServiceFacts): undefined {
    const { createdAt } = event
    if (createdAt === null) return
    if (event.kind === 'CHECKPOINT' && !(this.checkpoint !== undefined && createdAt <= this.checkpoint)) {
      this.checkpoint = createdAt
      this.later = this.later.filter((other) => other.createdAt! > createdAt)
    } else if (this.checkpoint === undefined || createdAt > this.checkpoint) this.later.push(event)
  }

  events(): readonly ServiceFacts[] {
    return this.checkpoint === undefined ? [] : this.later
  }
}
