import { lowestNeed, needName } from '../retention/need.ts'
import { markRetiring, unmarkRetiring } from '../retention/retiring-mark.ts'
import type { FileSystem } from '../storage/file-system.ts'
import type { Pieces } from './chores.ts'
import type { LogNeeds } from './log-needs.ts'
import type { SegmentRetirer, TruncateReport } from './segment-retirer.ts'

export interface RetirePorts {
  readonly fs: FileSystem
  readonly dir: string
  readonly retirer: SegmentRetirer
  readonly needs: LogNeeds
}

/**
 * Retires what is below an LSN, but nothing that somebody needs.
 * @throws as `SegmentRetirer.truncateBefore` does
 */
export function* retireUnneeded({ fs, dir, retirer, needs }: RetirePorts, lsn: number): Pieces<TruncateReport> {
  retirer.requireReady()
  markRetiring(fs, dir, lsn)
  try {
    // Read behind the mark: who sets a position from here on finds that.
    const need = lowestNeed(needs.ofOthers())
    if (need === undefined || need.lsn >= lsn) return yield* retirer.truncateBefore(lsn)
    return { ...(yield* retirer.truncateBefore(need.lsn)), heldBy: needName(need) }
  } finally {
    unmarkRetiring(fs, dir, lsn)
  }
}
