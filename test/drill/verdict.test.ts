import { describe, expect, it } from 'vitest'
import type { DrillResult } from '../../tools/drill/drill-plan.ts'
import { evidenceOf, linesOf } from '../../tools/drill/drill-report.ts'
import { failuresOf } from '../../tools/drill/verdict.ts'

const LIMITS = { maxRtoSeconds: 10, maxRpoEvents: 0 }

const GOOD: DrillResult = {
  fault: 'sigkill',
  policy: 'interval',
  input: 'generated',
  walPath: '/tmp/wal',
  failureMs: Date.UTC(2026, 10, 20, 21, 50, 0, 900),
  loadSeconds: 2,
  acknowledged: 1000,
  unacknowledged: 20,
  recovered: 1015,
  rtoSeconds: 1.5,
  rpoEvents: 0,
  unacknowledgedLost: 5,
  steps: [
    { name: 'kill', seconds: 0.1 },
    { name: 'start', seconds: 1.4 },
  ],
  openMs: 200,
  replayMs: 300,
  damageMade: 0,
  damageFound: 0,
  orders: 12,
  stateEqual: true,
  problem: null,
}

describe('the verdict of a drill', () => {
  it('is that it passed, up to its limits', () => {
    expect(failuresOf(GOOD, LIMITS)).toEqual([])
    expect(failuresOf({ ...GOOD, rtoSeconds: 10 }, LIMITS)).toEqual([])
    expect(failuresOf({ ...GOOD, rpoEvents: 3, problem: 'LSN 4 is missing' }, { ...LIMITS, maxRpoEvents: 3 })).toEqual(
      [],
    )
  })

  it.each<[Partial<DrillResult>, string]>([
    [{ rtoSeconds: 10.001 }, 'the recovery took 10.001 s, 10 s may it take'],
    [{ rpoEvents: 1 }, '1 acknowledged events are lost, 0 may be'],
    [
      { rpoEvents: 2, problem: 'LSN 4 is missing' },
      '2 acknowledged events are lost, 0 may be; the first: LSN 4 is missing',
    ],
    [{ stateEqual: false }, 'the rebuilt state is not that of the events'],
    // Nothing acknowledged is lost, and yet something stands there that nobody sent.
    [{ problem: 'LSN 9 holds {}, which was not sent' }, 'LSN 9 holds {}, which was not sent'],
    [{ damageMade: 4, damageFound: 3 }, 'verify found 3 of 4 places of damage'],
  ])('names what is wrong: %j', (change, failure) => {
    expect(failuresOf({ ...GOOD, ...change }, LIMITS)).toEqual([failure])
  })
})

describe('the report of a drill', () => {
  it('ends with the answer', () => {
    expect(linesOf(GOOD, 7, LIMITS, [], null).at(-1)).toBe('PASS')
    expect(linesOf(GOOD, 7, LIMITS, ['late'], '/d').slice(-3)).toEqual(['failed       late', 'kept         /d', 'FAIL'])
  })

  it('tells RTO, RPO, and apart from it what nobody had been told of', () => {
    const text = linesOf(GOOD, 7, LIMITS, [], null).join('\n')
    expect(text).toContain('\nRTO          1.5 s from the failure')
    expect(text).toContain('\nRPO          0 acknowledged events lost (limit 0), and 5 of those that were not')
  })
})

describe('the evidence of a drill', () => {
  const words = { operator: 'ops', release: 'v1.2.3', notes: undefined }

  it('has the measured times, and the template’s keys in order', () => {
    expect(evidenceOf(GOOD, words, true)).toBe(
      [
        ...['drill_id=20261120-2150', 'release_version=v1.2.3', 'wal_path=/tmp/wal'],
        ...['failure_start_utc=2026-11-20T21:50:00Z', 'recovery_complete_utc=2026-11-20T21:50:02Z'],
        ...['rto_seconds=1.5', 'rpo_events=0', 'operator=ops', 'result=pass'],
        'notes=sigkill under load, sync interval, 1000 events acknowledged, 1015 recovered, 5 unacknowledged lost, state equal',
        '',
      ].join('\n'),
    )
  })

  it('says when it failed, and what the operator noted', () => {
    const text = evidenceOf({ ...GOOD, rpoEvents: 3 }, { ...words, notes: 'rehearsal' }, false)
    expect(text).toContain('\nrpo_events=3\noperator=ops\nresult=fail\nnotes=rehearsal\n')
  })
})
