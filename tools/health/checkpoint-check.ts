import { formatDuration } from '../support/durations.ts'
import { plural } from '../support/format.ts'
import { type Check, fail, ok, warn } from './check.ts'
import type { LogLook } from './look.ts'

/** Whether a replay has a checkpoint to begin with, where it needs one. @param maxAgeMs undefined: a log needs none */
export function checkpointCheck(
  { checkpoints: { count, newest, passedOver }, listing: { segments }, lastLsn }: LogLook,
  maxAgeMs: number | undefined,
  nowMs: number,
): Check {
  const [unusable] = passedOver
  const why = unusable === undefined ? '' : `${unusable.name} can not be used: ${unusable.reason}`
  if (newest === undefined) {
    if (unusable !== undefined) return fail('checkpoint', `none of ${plural(count, 'checkpoint')} can be used; ${why}`)
    return maxAgeMs === undefined ? ok('checkpoint', 'none') : fail('checkpoint', 'none, where there must be one')
  }
  const ageMs = nowMs - Number(newest.created / 1_000_000n)
  const text = `LSN ${newest.lsn}, ${formatDuration(ageMs)} old${newest.label === '' ? '' : `, ${newest.label}`}`
  if (newest.lsn > lastLsn)
    return fail('checkpoint', `${text}: it is ahead of the log, which ends at LSN ${lastLsn}: records are missing`)
  if (maxAgeMs !== undefined && ageMs > maxAgeMs)
    return fail('checkpoint', `${text}: older than ${formatDuration(maxAgeMs)}`)
  if (unusable !== undefined) return warn('checkpoint', `${text}; a newer one is passed over: ${why}`)
  const firstLsn = segments[0]?.header.firstLsn ?? 1
  if (newest.lsn < firstLsn - 1)
    return warn('checkpoint', `${text}: the records behind it, up to LSN ${firstLsn - 1}, were retired`)
  return ok('checkpoint', text)
}
