import { statSync } from 'node:fs'
import { RingwalError } from '../../src/errors.ts'
import { readLock } from '../../src/storage/directory-lock.ts'
import { archiveCheck } from '../health/archive-check.ts'
import type { Check } from '../health/check.ts'
import { checksOf, type LockLook } from '../health/checks.ts'
import { type LogLook, lookAtLog } from '../health/look.ts'
import { archiveFacts } from '../support/archive-facts.ts'
import { colorsFor } from '../support/colors.ts'
import { EXIT_FINE, EXIT_NO } from '../support/exit.ts'
import { asRingwalError, refuseMissing } from '../support/failure.ts'
import { requireLog } from '../support/log-path.ts'
import type { Output } from '../support/output.ts'
import { printable } from '../support/printable.ts'

export interface HealthFlags {
  readonly minFreeBytes?: number
  readonly maxCheckpointAge?: number
  readonly requireWriter?: true
  readonly archive?: string
  readonly maxArchiveLag?: number
  readonly json?: true
}

export async function health(dir: string, flags: HealthFlags, output: Output): Promise<number> {
  if (flags.maxArchiveLag !== undefined && flags.archive === undefined)
    throw refuseMissing('--max-archive-lag', '--archive')
  const lock = lookAtLock(dir)
  // A log that was just opened has no segment yet.
  if (lock.state !== 'held') requireLog(dir)
  if (statSync(dir, { throwIfNoEntry: false })?.isDirectory() !== true)
    throw new RingwalError('ERR_RINGWAL_NOT_FOUND', `${dir} is not a directory`, { dir })
  const look = await lookAtLog(dir)
  const nowMs = Date.now()
  const thresholds = {
    minFreeBytes: flags.minFreeBytes,
    maxCheckpointAgeMs: flags.maxCheckpointAge,
    requireWriter: flags.requireWriter ?? false,
  }
  const checks = [...checksOf(look, lock, thresholds, nowMs), ...(await archiveChecks(dir, flags, look, nowMs))]
  const healthy = checks.every(({ result }) => result !== 'FAIL')
  if (flags.json) {
    const { lastLsn, freeBytes } = look
    const time = new Date(nowMs).toISOString()
    const facts = { lastLsn, durableLsn: look.newest?.durableLsn ?? 0, freeBytes, writer: lock.state }
    output.line(printable(JSON.stringify({ dir, time, healthy, checks, ...facts })))
  } else {
    for (const check of checks) output.line(lineOf(check))
  }
  await output.flush()
  return healthy ? EXIT_FINE : EXIT_NO
}

async function archiveChecks(dir: string, flags: HealthFlags, { newest }: LogLook, nowMs: number): Promise<Check[]> {
  if (flags.archive === undefined) return []
  const facts = await archiveFacts(dir, flags.archive, newest?.durableLsn ?? 0, nowMs)
  return [archiveCheck(facts, flags.maxArchiveLag)]
}

/** A lock that can not be looked at is one of the checks, and no reason not to make the others. */
function lookAtLock(dir: string): LockLook {
  try {
    return readLock(dir)
  } catch (error) {
    return { state: 'unknown', reason: asRingwalError(error).message }
  }
}

function lineOf({ check, result, message }: Check): string {
  const { good, bad, faint } = colorsFor(process.stdout)
  const paint = { OK: good, WARN: faint, FAIL: bad }[result]
  return `${check}: ${paint(result)}: ${printable(message)}`
}
