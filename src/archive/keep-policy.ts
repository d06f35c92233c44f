import { integerOption, optionError } from '../errors.ts'

/** Which backups are kept: the newest, and the newest of each of so many days, months and years that have one. In UTC. */
export interface KeepPolicy {
  /** 0 to 100,000 each, 0 by default; one of them at least is to be told. */
  readonly keepLast?: number
  readonly keepDaily?: number
  readonly keepMonthly?: number
  readonly keepYearly?: number
}

/** Why a backup is kept by a policy. One that is dated ahead of the clock is: what its time is worth is not known. */
export type KeepReason = 'last' | 'daily' | 'monthly' | 'yearly' | 'newest' | 'ahead'

interface Dated {
  readonly sequence: number
  /** Milliseconds since the Unix epoch. */
  readonly createdMs: number
}

const KEEP_MAX = 100_000

/** @throws ERR_RINGWAL_OPTION */
export function resolvePolicy(policy: KeepPolicy): Required<KeepPolicy> {
  const count = (name: keyof KeepPolicy): number => integerOption(name, policy[name] ?? 0, 0, KEEP_MAX)
  const resolved = {
    keepLast: count('keepLast'),
    keepDaily: count('keepDaily'),
    keepMonthly: count('keepMonthly'),
    keepYearly: count('keepYearly'),
  }
  if (Object.values(resolved).some((keep) => keep > 0)) return resolved
  throw optionError('keep', 'nothing', 'at least one of keepLast, keepDaily, keepMonthly and keepYearly')
}

/**
 * Numbers of the backups that a policy keeps, and why. Days, months and years without a backup do not count: an archiver that
 * stood still for a while costs no history.
 * @param backups by rising number
 */
export function keptBy(
  backups: readonly Dated[],
  { keepLast, keepDaily, keepMonthly, keepYearly }: Required<KeepPolicy>,
  nowMs: number,
): Map<number, KeepReason[]> {
  const kept = new Map<number, KeepReason[]>()
  const keep = (reason: KeepReason, some: readonly Dated[]): void => {
    for (const { sequence } of some) kept.set(sequence, [...(kept.get(sequence) ?? []), reason])
  }
  const dated = backups.filter(({ createdMs }) => createdMs <= nowMs)
  keep('newest', backups.slice(-1))
  keep('last', keepLast === 0 ? [] : backups.slice(-keepLast))
  // Of an ISO time in UTC, the first characters are the day, the month, the year.
  keep('daily', newestOfEach(dated, 10, keepDaily))
  keep('monthly', newestOfEach(dated, 7, keepMonthly))
  keep('yearly', newestOfEach(dated, 4, keepYearly))
  keep(
    'ahead',
    backups.filter(({ createdMs }) => createdMs > nowMs),
  )
  return kept
}

function newestOfEach(backups: readonly Dated[], characters: number, count: number): Dated[] {
  const newest = new Map<string, Dated>()
  for (const one of backups) newest.set(new Date(one.createdMs).toISOString().slice(0, characters), one)
  const periods = [...newest].sort(([a], [b]) => (a < b ? 1 : -1)).slice(0, count)
  return periods.map(([, one]) => one)
}
