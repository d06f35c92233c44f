import type { LifeResult } from './life.ts'

/** What many lives came to. */
export interface LifeTotals extends LifeResult {
  readonly lives: number
}

export const NO_LIVES: LifeTotals = {
  lives: 0,
  calls: 0,
  states: 0,
  repeated: 0,
  moments: 0,
  wholeMoments: 0,
  openings: 0,
  faults: 0,
  retired: 0,
  recycled: 0,
  inside: 0,
}

export function addLife(totals: LifeTotals, result: LifeResult): LifeTotals {
  return addTotals(totals, { ...result, lives: 1 })
}

export function addTotals(one: LifeTotals, other: LifeTotals): LifeTotals {
  const names = Object.keys(NO_LIVES) as (keyof LifeTotals)[]
  return Object.fromEntries(names.map((name) => [name, one[name] + other[name]])) as unknown as LifeTotals
}

/** For people. */
export function describeTotals(totals: LifeTotals): string {
  const { lives, calls, states, repeated, moments, wholeMoments, openings, faults, retired, recycled, inside } = totals
  return [
    `${states} crash states recovered and read, no two of a life alike (${repeated} more were known)`,
    `at ${moments} moments (${wholeMoments} of them whole) among ${calls} calls`,
    `in ${lives} lives with ${openings} openings, ${faults} failed calls, ${inside} acts inside another's call`,
    `${retired} segments retired and ${recycled} begun in their files`,
  ].join(', ')
}
