import type { Position } from './position-files.ts'

/** Somebody who needs records that are there. */
export interface Need {
  readonly by: 'hold' | 'position' | 'archive' | 'checkpoint'
  /** Of the position, or the checkpoint's file; empty for the others. */
  readonly name: string
  /** The first LSN that is needed; 0: nothing may go. */
  readonly lsn: number
  /** Why all is kept for it, where it can not be told what it needs. */
  readonly reason?: string
}

/** What a consumer needs, by its position. */
export function needOf({ name, lsn, unusable }: Position): Need {
  const need = { by: 'position', name } as const
  return lsn === null ? { ...need, lsn: 0, reason: unusable ?? 'it can not be read' } : { ...need, lsn: lsn + 1 }
}

/** Of several the one that needs the oldest records. */
export function lowestNeed(needs: readonly Need[]): Need | undefined {
  return needs.reduce<Need | undefined>(
    (low, need) => (low === undefined || need.lsn < low.lsn ? need : low),
    undefined,
  )
}

/** `hold`, `archive`, `position orders`, `checkpoint 00000000000000001600.rwck`. */
export function needName({ by, name }: Need): string {
  return name === '' ? by : `${by} ${name}`
}

/** The same as a sentence. */
export function describeNeed(need: Need): string {
  const { lsn, reason } = need
  return reason === undefined ? `${needName(need)} needs LSN ${lsn} and what follows` : `${needName(need)}: ${reason}`
}
