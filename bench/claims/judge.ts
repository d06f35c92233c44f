import type { Claim } from '../result.ts'
import { appendCostClaims } from './append-cost-claims.ts'
import type { Judge, Measured } from './figures.ts'
import { lifetimeClaims, openingClaims, readingClaims } from './log-claims.ts'
import { peerClaims } from './peer-claims.ts'
import { latencyClaims, throughputClaims } from './writing-claims.ts'

const JUDGES: readonly Judge[] = [
  appendCostClaims,
  throughputClaims,
  latencyClaims,
  readingClaims,
  openingClaims,
  lifetimeClaims,
  peerClaims,
]

/** The project's promises about its speed, as far as this run can tell. */
export function judge(measured: Measured): Claim[] {
  return JUDGES.flatMap((claims) => claims(measured)).filter((claim) => claim !== undefined)
}
