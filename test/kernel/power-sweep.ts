import { Violation } from '../process/check-log.ts'
import type { DiskKind } from './loop-disk.ts'
import { type CutResult, PowerCuts } from './power-cut.ts'

export interface PowerPlan {
  /** Cut at the same time, each with its own log. */
  readonly disks: readonly DiskKind[]
  readonly seed: number
  /** On all disks together. */
  readonly cuts: number
  /** Monotonic time after which no further cut begins. */
  readonly deadline: number
  /** Whether the power can go at a system call. */
  readonly hasStrace: boolean
  readonly onCut?: (totals: PowerTotals) => void
}

export interface PowerTotals {
  cuts: number
  /** Cuts after which bytes were gone that had been written to another file, and not synced. */
  lost: number
  /** Cuts by disk and moment. */
  readonly moments: Record<string, number>
  acknowledgements: number
  readonly violations: string[]
  seconds: number
}

/** A disk that showed so many is not cut any further. */
const VIOLATIONS_MAX = 5

export async function cutPowers(plan: PowerPlan): Promise<PowerTotals> {
  const started = performance.now()
  const totals: PowerTotals = { cuts: 0, lost: 0, moments: {}, acknowledgements: 0, violations: [], seconds: 0 }
  const cutDisk = async (kind: DiskKind, seed: number): Promise<void> => {
    let disk = new PowerCuts(kind, seed, plan.hasStrace)
    try {
      for (let failed = 0; failed < VIOLATIONS_MAX && totals.cuts < plan.cuts && performance.now() < plan.deadline; ) {
        totals.cuts++
        try {
          count(totals, kind, await disk.cut())
        } catch (error) {
          if (!(error instanceof Violation)) throw error
          totals.violations.push(error.message)
          disk[Symbol.dispose]()
          disk = new PowerCuts(kind, seed + 1000 * ++failed, plan.hasStrace)
        }
        totals.seconds = (performance.now() - started) / 1000
        plan.onCut?.(totals)
      }
    } finally {
      disk[Symbol.dispose]()
    }
  }
  await Promise.all(plan.disks.map((kind, i) => cutDisk(kind, plan.seed * 64 + i)))
  return totals
}

function count(totals: PowerTotals, kind: DiskKind, { moment, acknowledgements, hasLost }: CutResult): void {
  const name = `${kind} ${moment.kind === 'call' ? moment.family : moment.kind}`
  totals.moments[name] = (totals.moments[name] ?? 0) + 1
  totals.acknowledgements += acknowledgements
  if (hasLost) totals.lost++
}
