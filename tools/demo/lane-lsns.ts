import { LANES } from './engine-record.ts'

/** By lane, the LSNs of its records, in order. */
export type LaneLsns = readonly (readonly number[])[]

export function emptyLanes(): number[][] {
  return Array.from({ length: LANES }, () => [])
}

export function countOf(lanes: LaneLsns): number {
  return lanes.reduce((sum, { length }) => sum + length, 0)
}
