import type { ArchiveFacts } from '../support/archive-facts.ts'
import { formatDuration } from '../support/durations.ts'
import { plural } from '../support/format.ts'
import { type Check, fail, ok } from './check.ts'

/** Whether the log could be restored from its archive, and what that would cost. @param maxLagMs undefined: any */
export function archiveCheck(facts: ArchiveFacts, maxLagMs: number | undefined): Check {
  const { archive, lagLsns, lagMs, problem } = facts
  if (problem !== null) return fail('archive', `${archive}: ${problem}`)
  const text = `${archive} ${describeLag(facts)}`
  if (lagLsns > 0 && maxLagMs !== undefined && lagMs > maxLagMs)
    return fail('archive', `${text}: more than ${formatDuration(maxLagMs)}`)
  return ok('archive', text)
}

export function describeLag({ lastLsn, lagLsns, lagMs }: ArchiveFacts): string {
  if (lagLsns === 0) return `holds all that is proven durable, to LSN ${lastLsn}`
  return `ends at LSN ${lastLsn}: ${plural(lagLsns, 'record')} behind, the oldest ${formatDuration(lagMs)} old`
}
