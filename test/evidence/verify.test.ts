/** Evidence is judged as the original verifiers judged it, and by default more strictly where they looked away. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  checkFailoverEvidence,
  checkRecoveryEvidence,
  EVIDENCE_BYTES_MAX,
  FAILOVER_LIMITS,
  parseEvidence,
  RECOVERY_LIMITS,
} from '../../src/evidence/index.ts'
import { readFloat, readInt } from '../../src/foreign/python/python-number.ts'
import { caseJson } from './cases-path.ts'

interface VerifierCase {
  readonly verifier: 'wal' | 'failover'
  /** Bytes of the file, as base64. */
  readonly file: string
  readonly seconds: string
  readonly events: string
  /** What the original says; null if it lets it pass. */
  readonly refusal: string | null
}

const cases = caseJson<VerifierCase[]>('verifier.json')

function refusalOf(
  { verifier, file, seconds, events }: Omit<VerifierCase, 'refusal'>,
  isCompatible: boolean,
): string | null {
  const [limit, count] = [readFloat(seconds)!, readInt(events)!]
  try {
    const values = parseEvidence(Buffer.from(file, 'base64'))
    if (verifier === 'wal') checkRecoveryEvidence(values, { maxRtoSeconds: limit, maxRpoEvents: count }, isCompatible)
    else checkFailoverEvidence(values, { maxFailoverSeconds: limit, maxDataLagEvents: count }, isCompatible)
    return null
  } catch (error) {
    expect(error).toMatchObject({ code: 'ERR_RINGWAL_INPUT' })
    return (error as Error).message
  }
}

describe('damaged evidence of all kinds', () => {
  it('is judged as the originals judge it', () => {
    expect(cases.filter(({ refusal }) => refusal === null).length).toBeGreaterThan(5)
    for (const { refusal, ...one } of cases)
      expect(refusalOf(one, true), Buffer.from(one.file, 'base64').toString()).toBe(refusal)
  })

  it('is by default refused with the same words, or where they let it pass', () => {
    for (const { refusal, ...one } of cases) {
      const strict = refusalOf(one, false)
      if (strict === null) expect(refusal).toBeNull()
      // A time that is not quite of its form is refused before what the original goes on to.
      else if (refusal !== null && !strict.endsWith('like 2026-02-11T12:00:00Z')) expect(strict).toBe(refusal)
    }
  })
})

const RECOVERY = {
  ...{ drill_id: 'd', release_version: 'v1', wal_path: 'wal', failure_start_utc: '2026-02-11T12:00:00Z' },
  ...{ recovery_complete_utc: '2026-02-11T12:00:08Z', rto_seconds: '8.5', rpo_events: '0', operator: 'o' },
  ...{ result: 'pass', notes: 'n' },
}
const FAILOVER = {
  ...{ FAILOVER_ENV: 'e', FAILOVER_DRY_RUN: '0', FAILOVER_SUCCESS: 'true', FAILOVER_TOTAL_STEPS: '1' },
  ...{ FAILOVER_FAILED_STEP: '', FAILOVER_DURATION_SECONDS: '2', DATA_SYNC_LAG_EVENTS: '0' },
  ...{ STEP_1_NAME: 'precheck', STEP_1_STATUS: 'ok', STEP_1_DURATION_MS: '2999' },
}

function fileOf(values: Readonly<Record<string, string>>): Buffer {
  return Buffer.from(
    Object.entries(values)
      .map(([key, value]) => `${key}=${value}\n`)
      .join(''),
  )
}

function judge(values: Readonly<Record<string, string>>, isCompatible: boolean, maximum = '180'): string | null {
  const verifier = 'drill_id' in values ? 'wal' : 'failover'
  const seconds = verifier === 'wal' && maximum === '180' ? '10' : maximum
  return refusalOf({ verifier, file: fileOf(values).toString('base64'), seconds, events: '0' }, isCompatible)
}

describe('what the originals let pass', () => {
  it.each([
    [{ ...RECOVERY, result: 'FAIL' }, '10', 'result is fail'],
    [{ ...RECOVERY, rto_seconds: 'nan' }, '10', 'rto_seconds must be a finite number'],
    [{ ...RECOVERY, rto_seconds: 'inf' }, 'inf', 'rto_seconds must be a finite number'],
    [RECOVERY, 'nan', 'max_rto_seconds must be a finite number'],
    [{ ...RECOVERY, rto_seconds: '6.9' }, '10', 'rto_seconds is less than the times say: actual=6.9 times=8.0'],
    [
      { ...RECOVERY, failure_start_utc: '2026-2-11t12:0:0z' },
      '10',
      'failure_start_utc must be ISO8601 UTC like 2026-02-11T12:00:00Z',
    ],
    [{ ...FAILOVER, FAILOVER_DURATION_SECONDS: 'nan' }, '180', 'FAILOVER_DURATION_SECONDS must be a finite number'],
    [FAILOVER, 'nan', 'max_failover_seconds must be a finite number'],
    [
      { ...FAILOVER, FAILOVER_FAILED_STEP: 'verify' },
      '180',
      'FAILOVER_FAILED_STEP must be empty where FAILOVER_SUCCESS is true',
    ],
    [{ ...FAILOVER, STEP_2_STATUS: 'failed' }, '180', 'STEP_2_STATUS is behind the last step: FAILOVER_TOTAL_STEPS=1'],
    [
      { ...FAILOVER, STEP_1_DURATION_MS: '3000' },
      '180',
      'failover_duration_seconds is less than its steps took: actual=2.0 steps_ms=3000',
    ],
  ])('is refused: %j within %s', (values, maximum, reason) => {
    expect(judge(values, true, maximum)).toBeNull()
    expect(judge(values, false, maximum)).toBe(reason)
  })

  it('does not include what is merely cautious', () => {
    for (const rto of ['7', '8', '9', '10']) expect(judge({ ...RECOVERY, rto_seconds: rto }, false)).toBeNull()
    expect(judge(FAILOVER, false)).toBeNull()
  })
})

describe('evidence that is too much', () => {
  it('is refused by its length', () => {
    const bytes = Buffer.alloc(EVIDENCE_BYTES_MAX + 1, '#')
    expect(() => parseEvidence(bytes)).toThrow('the file is longer than 1048576 bytes')
    expect(parseEvidence(bytes.subarray(1)).size).toBe(0)
  })

  it('ends at the first step that is not there, however many it claims', () => {
    const values = parseEvidence(fileOf({ ...FAILOVER, FAILOVER_TOTAL_STEPS: '9'.repeat(4000) }))
    expect(() => checkFailoverEvidence(values, FAILOVER_LIMITS, true)).toThrow('missing required key: STEP_2_NAME')
  })

  it.each([' ', '\u0663', '_', '='])('takes no longer for a long row of %j', (character) => {
    const row = character.repeat(200_000)
    const started = performance.now()
    const values = parseEvidence(fileOf({ ...RECOVERY, rto_seconds: `1${row}1`, notes: `a${row}b` }))
    expect(() => checkRecoveryEvidence(values, RECOVERY_LIMITS, true)).toThrow('rto_seconds')
    expect(performance.now() - started).toBeLessThan(2000)
  })

  it('never makes a check throw anything but a refusal', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.boolean(), (noise, isCompatible) => {
        const file = Buffer.concat([fileOf(RECOVERY), noise])
        try {
          checkRecoveryEvidence(parseEvidence(file), RECOVERY_LIMITS, isCompatible)
        } catch (error) {
          expect(error).toMatchObject({ code: 'ERR_RINGWAL_INPUT' })
        }
      }),
    )
  })
})
