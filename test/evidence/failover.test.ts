/** A failover writes the evidence that the gateway's orchestrator wrote. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import {
  checkFailoverEvidence,
  FAILOVER_LIMITS,
  failoverEvidenceText,
  parseEvidence,
  parseFailoverPlan,
  runFailover,
} from '../../src/evidence/index.ts'
import { CASES } from './cases-path.ts'

const read = (name: string): Buffer => readFileSync(`${CASES}failover/${name}`)

describe('a failover', () => {
  it.each(['ok', 'fail'])('in a dry run: %s', async (name) => {
    const plan = parseFailoverPlan(read(`${name}.yaml`))
    const drill = await runFailover(plan, undefined, () => 0)
    expect(failoverEvidenceText(plan, drill, true)).toBe(read(`${name}.env`).toString())
  })

  it.each([
    ['ok', [0, 1, 0, 0, 0, 0, 0, 0, 0, 0]],
    ['fail', [0, 0, 0, 0, 0, 0, 0, 0]],
  ])('that is carried out: %s', async (name, steps) => {
    const plan = parseFailoverPlan(read(`${name}.yaml`))
    let now = 0
    const drill = await runFailover(
      plan,
      async (command) => command !== 'false',
      () => (now += steps.shift()!),
    )
    expect(failoverEvidenceText(plan, drill, false)).toBe(read(`${name}--execute.env`).toString())
  })

  it('adds up whole seconds, and is evidence', async () => {
    const plan = parseFailoverPlan(
      Buffer.from('verify_cmd: "x"\r\nprecheck_cmd:  y # z\r\n"demote_primary_cmd": "a:b"'),
    )
    expect(plan.steps.map(({ command }) => command)).toEqual(['y', '', 'a:b', '', 'x'])
    let now = 0
    const drill = await runFailover(
      plan,
      async () => true,
      () => (now += 399.5),
    )
    const values = parseEvidence(Buffer.from(failoverEvidenceText(plan, drill, false)))
    expect([values.get('FAILOVER_ENV'), values.get('FAILOVER_DURATION_SECONDS')]).toEqual(['unknown', '1'])
    expect(values.get('STEP_2_STATUS')).toBe('simulated_ok')
    expect(checkFailoverEvidence(values, FAILOVER_LIMITS, false)).toEqual({ isDryRun: false })
  })

  it('does not begin with a configuration that can not be read', () => {
    expect(() => parseFailoverPlan(Buffer.from([0xff]))).toThrow("can't decode byte 0xff in position 0")
    expect(() => parseFailoverPlan(Buffer.alloc((1 << 20) + 1))).toThrow('longer than')
  })
})
