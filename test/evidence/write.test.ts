/** What a drill writes down is taken as evidence of it. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  checkRecoveryEvidence,
  parseEvidence,
  RECOVERY_KEYS,
  type RecoveryDrill,
  recoveryEvidenceText,
} from '../../src/evidence/index.ts'

const DRILL: RecoveryDrill = {
  releaseVersion: 'v0.2.5',
  walPath: 'data/wal',
  failureStartMs: Date.UTC(2026, 1, 11, 12, 0, 0, 900),
  recoveryCompleteMs: Date.UTC(2026, 1, 11, 12, 0, 9, 150),
  rpoEvents: 0,
  operator: 'ops-engineer',
  passed: true,
  notes: 'a = b # c',
}

describe('the evidence of a recovery drill', () => {
  it('follows the template', () => {
    expect(recoveryEvidenceText(DRILL)).toBe(
      [
        ...['drill_id=20260211-1200', 'release_version=v0.2.5', 'wal_path=data/wal'],
        ...['failure_start_utc=2026-02-11T12:00:00Z', 'recovery_complete_utc=2026-02-11T12:00:09Z'],
        ...['rto_seconds=8.25', 'rpo_events=0', 'operator=ops-engineer', 'result=pass', 'notes=a = b # c', ''],
      ].join('\n'),
    )
  })

  it('is taken within the limits that it keeps, and not within narrower ones', () => {
    const text = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 30 })
      .map((value) => `x${value.replace(/[^\P{C}]|\p{Z}/gu, '')}x`)
    fc.assert(
      fc.property(
        fc.record({
          start: fc.nat(4e12),
          elapsed: fc.nat(1e8),
          rpo: fc.nat(),
          operator: text,
          notes: text,
          walPath: text,
        }),
        ({ start, elapsed, rpo, ...texts }) => {
          const drill = {
            ...DRILL,
            ...texts,
            failureStartMs: start,
            recoveryCompleteMs: start + elapsed,
            rpoEvents: rpo,
          }
          const values = parseEvidence(Buffer.from(recoveryEvidenceText(drill)))
          expect([...values.keys()]).toEqual(RECOVERY_KEYS)
          expect(values.get('notes')).toBe(texts.notes)
          const limits = { maxRtoSeconds: elapsed / 1000, maxRpoEvents: BigInt(rpo) }
          checkRecoveryEvidence(values, limits, false)
          checkRecoveryEvidence(values, limits, true)
          const narrower = { ...limits, maxRtoSeconds: elapsed / 1000 - 0.001 }
          expect(() => checkRecoveryEvidence(values, narrower, false)).toThrow(/rto_seconds/)
        },
      ),
    )
  })

  it('says that a drill failed, which is then refused', () => {
    const values = parseEvidence(Buffer.from(recoveryEvidenceText({ ...DRILL, passed: false })))
    expect(() => checkRecoveryEvidence(values, { maxRtoSeconds: 10, maxRpoEvents: 0n }, false)).toThrow(
      'result is fail',
    )
  })

  it.each([
    ['operator', ''],
    ['notes', 'two\nlines'],
    ['notes', 'two\u2028lines'],
    ['walPath', ' data'],
    ['drillId', '\u0085'],
    ['rpoEvents', -1],
    ['rpoEvents', 0.5],
    ['rpoEvents', Number.NaN],
    ['failureStartMs', Number.NaN],
    ['failureStartMs', -1],
    ['recoveryCompleteMs', DRILL.failureStartMs - 1],
    ['recoveryCompleteMs', 1e18],
  ])('is not written with %s %j', (field, value) => {
    expect(() => recoveryEvidenceText({ ...DRILL, [field]: value })).toThrow(/^option /)
  })
})
