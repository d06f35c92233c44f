/** The text of an evidence file, for a drill to write. */
import { optionError } from '../errors.ts'
import { floatText } from '../foreign/python/python-number.ts'
import { hasLineEnd, strip } from '../foreign/python/python-text.ts'
import { RECOVERY_KEYS, type RecoveryKey } from './recovery-evidence.ts'
import { utcSecondText } from './utc-second.ts'

/** What was measured in a drill of a recovery. */
export interface RecoveryDrill {
  readonly releaseVersion: string
  readonly walPath: string
  /** When the failure began and when the recovery was complete, in milliseconds since 1970. */
  readonly failureStartMs: number
  readonly recoveryCompleteMs: number
  /** Records that were acknowledged and are lost: 0 or more. */
  readonly rpoEvents: number
  readonly operator: string
  readonly passed: boolean
  readonly notes: string
  /** By default the minute of the failure: YYYYMMDD-HHMM. */
  readonly drillId?: string
}

/** 9999-12-31T23:59:59.999Z */
const LAST_MS = 253_402_300_799_999

/**
 * The evidence of a recovery drill: a file that `checkRecoveryEvidence` takes, if the drill passed within its limits.
 * @throws ERR_RINGWAL_OPTION for a text that is empty or more than one line, and for a number out of its range
 */
export function recoveryEvidenceText(drill: RecoveryDrill): string {
  const { failureStartMs, recoveryCompleteMs, rpoEvents } = drill
  checkNumber('failureStartMs', failureStartMs, 0, LAST_MS)
  checkNumber('recoveryCompleteMs', recoveryCompleteMs, failureStartMs, LAST_MS)
  checkNumber('rpoEvents', rpoEvents, 0, Number.MAX_SAFE_INTEGER)
  const start = utcSecondText(failureStartMs)
  const values: Readonly<Record<RecoveryKey, string>> = {
    drill_id: drill.drillId ?? start.replace(/[-:]/g, '').replace('T', '-').slice(0, 13),
    release_version: drill.releaseVersion,
    wal_path: drill.walPath,
    failure_start_utc: start,
    recovery_complete_utc: utcSecondText(recoveryCompleteMs),
    rto_seconds: floatText((recoveryCompleteMs - failureStartMs) / 1000),
    rpo_events: String(rpoEvents),
    operator: drill.operator,
    result: drill.passed ? 'pass' : 'fail',
    notes: drill.notes,
  }
  for (const key of RECOVERY_KEYS) checkText(key, values[key])
  return RECOVERY_KEYS.map((key) => `${key}=${values[key]}\n`).join('')
}

function checkNumber(option: string, value: number, min: number, max: number): void {
  const isWhole = option !== 'rpoEvents' || Number.isInteger(value)
  if (!(value >= min && value <= max && isWhole)) throw optionError(option, value, `a number from ${min} to ${max}`)
}

/** A value that would come back as another one is no evidence. */
export function checkText(option: string, value: string): void {
  if (value === '' || strip(value) !== value || hasLineEnd(value))
    throw optionError(option, value, 'one line of text, without white space around it')
}
