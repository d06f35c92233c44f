import { readWal } from '../../src/index.ts'
import { decodeRecord } from './record.ts'

/** A record that a producer was told is durable. */
export interface Acknowledged {
  readonly lsn: number
  readonly producer: number
  readonly counter: number
}

/** What the life of the engine at hand, or the last one, was promised. */
export class Owed {
  /** Last LSN of a clean close; undefined if the last life did not end by one. */
  closedAt: number | undefined
  /** The last of each producer. */
  private readonly last = new Map<number, Acknowledged>()

  acknowledge(one: Acknowledged): void {
    this.last.set(one.producer, one)
  }

  close(lsn: number): void {
    this.closedAt = lsn
  }

  /** A new life has opened the log, and is promised nothing yet. @returns what of the last life's does not hold */
  opened(lastLsn: number, isTorn: boolean): string | undefined {
    const { closedAt } = this
    const owed = Math.max(closedAt ?? 0, ...[...this.last.values()].map(({ lsn }) => lsn))
    this.last.clear()
    this.closedAt = undefined
    if (lastLsn < owed) return `opened at LSN ${lastLsn}, and LSN ${owed} was durable`
    if (closedAt !== undefined && lastLsn !== closedAt) return `opened at LSN ${lastLsn}, and closed at LSN ${closedAt}`
    return closedAt !== undefined && isTorn ? `a torn tail behind a close at LSN ${closedAt}` : undefined
  }

  /** Reads the log, which nobody may have open. @returns which record of the life is not there as it was promised */
  async missingIn(dir: string, life: number): Promise<string | undefined> {
    for (const { lsn, producer, counter } of this.last.values()) {
      const promised = JSON.stringify({ life, producer, counter })
      let found = 'nothing'
      for await (const { bytes } of readWal(dir, { from: lsn, to: lsn })) found = JSON.stringify(decodeRecord(bytes))
      if (found !== promised) return `LSN ${lsn} was acknowledged as ${promised}, and is ${found}`
    }
    return undefined
  }
}
