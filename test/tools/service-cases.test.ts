/** The recovery service's checks, replay and reconciliation give on the command line what its own programs gave. */
import { writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { jsonText } from '../../tools/service/json-text.ts'
import { caseJson } from '../evidence/cases-path.ts'
import { ringwal, temporaryPaths } from './cli.ts'
import { ringwalInside } from './inside.ts'

const path = temporaryPaths()

type Json = Readonly<Record<string, unknown>>

function fileOf(value: unknown): string {
  const file = path('input.json')
  // JSON.stringify would take the sign of a zero.
  writeFileSync(file, jsonText(value))
  return file
}

async function jsonOf(...args: readonly string[]): Promise<{ readonly code: number; readonly value: unknown }> {
  const { code, stdout, stderr } = await ringwalInside(args)
  expect(stderr).toBe('')
  return { code, value: JSON.parse(stdout) }
}

/** Times of the cases stand in their names. */
function timeIn(name: string): string[] {
  const [time] = /\d{4}-\d\d-\d\dT[\d:]+/.exec(name) ?? []
  return time === undefined ? [] : ['--timestamp', time]
}

interface StateCase extends Json {
  readonly name: string
  readonly tables: Json
}

describe('the cases of state-validation', () => {
  const verdicts = caseJson<StateCase[]>('state-validation/expected.json').flatMap(({ name, tables, ...results }) =>
    Object.entries(results as Readonly<Record<string, Json>>).map(([check, wanted]) => ({
      name,
      check,
      tables,
      wanted,
      time: check === 'validate_state' ? [] : timeIn(check + name),
    })),
  )

  it.each(verdicts)('$name: $check', async ({ tables, wanted, time }) => {
    const exitCode = (wanted['is_consistent'] ?? wanted['is_valid']) ? 0 : 1
    for (const input of [tables, { tables }])
      for (const form of ['--json', '--compat'])
        expect(await jsonOf('validate', fileOf(input), ...time, form)).toEqual({ code: exitCode, value: wanted })
  })
})

interface ReplayCase {
  readonly name: string
  readonly events?: readonly unknown[] | 'same'
  readonly tables?: unknown
  readonly in_memory_state?: unknown
  readonly orders?: readonly unknown[]
  readonly exchange_orders?: readonly unknown[]
  readonly result?: Json
}

describe('the cases of event-replay', () => {
  const cases = caseJson<ReplayCase[]>('event-replay/expected.json')
  const [all] = cases
  const eventsOf = ({ events }: ReplayCase): unknown => (events === 'same' ? all!.events : events)

  it.each(cases.filter(({ tables }) => tables !== undefined))('$name', async (one) => {
    const { name, tables, in_memory_state: memory } = one
    const more = name === 'replay_all' ? [] : ['--since-checkpoint', ...timeIn(name)]
    for (const input of [eventsOf(one), { ...one, events: eventsOf(one) }]) {
      const { code, value } = await jsonOf('recover-state', fileOf(input), '--compat', ...more)
      expect({ code, value }).toMatchObject({ code: 0, value: { tables } })
      if (memory !== undefined) expect(value).toEqual({ tables, in_memory_state: memory })
    }
  })

  it.each(cases.filter(({ name }) => name.startsWith('recover_positions')))('$name', async (one) => {
    const file = fileOf(eventsOf(one))
    for (const form of ['--json', '--compat']) {
      const found = await jsonOf('recover-positions', file, form, ...timeIn(one.name))
      expect(found).toEqual({ code: 0, value: one.result })
    }
  })

  it.each(cases.filter(({ name }) => name.startsWith('reconcile')))(
    '$name',
    async ({ orders, exchange_orders, result }) => {
      const args = ['reconcile-orders', fileOf({ orders }), '--exchange', fileOf(exchange_orders)]
      expect(await jsonOf(...args, '--compat')).toEqual({ code: result!['is_reconciled'] ? 0 : 1, value: result })
      // Here a status that differs is a difference.
      expect(await jsonOf(...args, '--json')).toEqual({ code: 1, value: { ...result, is_reconciled: false } })
    },
  )
})

interface ServiceCase {
  readonly input: { readonly events: readonly { readonly created_at: string }[] }
  readonly target: string
  readonly exchange: readonly unknown[]
  readonly errors: readonly string[]
  readonly warnings: readonly string[]
  readonly target_errors: readonly string[]
  readonly reconciliation: unknown
  readonly positions: unknown
  readonly positions_to_target: unknown
  /** Which events the tables are made of: all, those up to the target, or of these those behind the last checkpoint. */
  readonly events: 'all' | 'to' | 'cp'
  readonly tables: unknown
}

/** Tables and events of all kinds, with what the service's rules, restated in Python and SQL, gave. */
describe('made-up tables and events', () => {
  const cases = caseJson<ServiceCase[]>('recovery-service.json').map((one, index) => ({ index, ...one }))

  it.each(cases)('$index', async ({ input, target, exchange, errors, warnings, events, ...wanted }) => {
    const file = fileOf(input)
    const time = ['--timestamp', target]
    const answerOf = async (...args: readonly string[]): Promise<unknown> => (await jsonOf(...args)).value
    const checks = ['positions', 'orders', 'balances', 'event_stream']
    const isConsistent = errors.length === 0
    expect(await answerOf('validate', file, '--compat')).toEqual({
      ...{ is_consistent: isConsistent, errors, warnings, validations_performed: checks },
    })
    const all = [...wanted.target_errors, ...errors]
    expect(await answerOf('validate', file, '--json', ...time)).toEqual({
      ...{ is_valid: all.length === 0, errors: all, warnings },
    })
    expect(await answerOf('reconcile-orders', file, '--compat', '--exchange', fileOf(exchange))).toEqual(
      wanted.reconciliation,
    )
    expect(await answerOf('recover-positions', file, '--compat')).toEqual(wanted.positions)
    expect(await answerOf('recover-positions', file, '--compat', ...time)).toEqual(wanted.positions_to_target)
    const chosen = events === 'all' ? [] : [...time, ...(events === 'cp' ? ['--since-checkpoint'] : [])]
    expect(await answerOf('recover-state', file, '--compat', ...chosen)).toMatchObject({ tables: wanted.tables })
  })
})

it('as processes', async () => {
  const [one] = caseJson<ReplayCase[]>('event-replay/expected.json')
  const file = fileOf(one)
  expect((await ringwal(['recover-positions', file])).stdout).toBe('Total positions: 1\nOpen positions: 0\n')
  expect((await ringwal(['recover-state', file])).stdout).toMatch(
    /^12 events applied, 1 of other kinds\npositions +1 row\n/,
  )
  const { code, stdout } = await ringwal(['validate', file])
  expect({ code, stdout: stdout.split('\n')[0] }).toEqual({ code: 0, stdout: 'positions: PASS' })
  const exchange = fileOf([{ clientOrderId: 'c9', status: 'NEW' }])
  expect(await ringwal(['reconcile-orders', file, '--exchange', exchange])).toMatchObject({
    code: 1,
    stdout: [
      'missing here: c9 is NEW on the exchange',
      'NOT RECONCILED: 0 orders here, 1 on the exchange; 1 missing here, 0 missing on the exchange, 0 status mismatches\n',
    ].join('\n'),
  })
})
