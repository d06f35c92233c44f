import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { orderJsonlJson, orderJsonlSummary, replayOrderJsonl } from '../../src/foreign/order-jsonl/index.ts'
import { CASES } from './order-jsonl-support.ts'

interface Case {
  readonly file: string
  readonly stdout: string
  readonly parse_errors: number
  readonly state_rejected: number
}

const cases = JSON.parse(readFileSync(`${CASES}expected.json`, 'utf8')) as Case[]

describe('a log of the order gateway is replayed as the gateway replayed it', () => {
  it.each(cases)('$file', async ({ file, stdout, ...rest }) => {
    const result = await replayOrderJsonl(`${CASES}wal/${file}`)
    expect(orderJsonlSummary(file, result)).toBe(stdout)
    // The exit code of the original is 0 whatever comes, and it knew no warnings.
    const { warnings, ...told } = JSON.parse(orderJsonlJson(result))
    expect({ ...told, exit_code: 0 }).toStrictEqual(rest)
    expect(result.isClean).toBe(rest.parse_errors === 0 && rest.state_rejected === 0)
    expect(warnings).toHaveLength(result.warningsTotal)
  })

  it('and lists its orders and positions in the same order', async () => {
    for (const { file } of cases) {
      const text = orderJsonlJson(await replayOrderJsonl(`${CASES}wal/${file}`))
      const { orders, positions } = JSON.parse(text)
      const wanted = cases.find((other) => other.file === file) as unknown as typeof orders
      expect(Object.keys(orders)).toStrictEqual(Object.keys(wanted.orders))
      expect(positions).toStrictEqual(wanted.positions)
    }
  })

  it('with a word on what it did by accident', async () => {
    const codes = new Map<string, string[]>()
    for (const { file } of cases) {
      const { warnings } = await replayOrderJsonl(`${CASES}wal/${file}`)
      if (warnings.length > 0)
        codes.set(
          file,
          warnings.map(({ code, line }) => `${code} ${line}`),
        )
    }
    expect(Object.fromEntries(codes)).toStrictEqual({
      'torn_tail_mid_string.wal': ['torn 2'],
      'big_ints.wal': ['misread 3'],
      'bad_price_defaults_zero.wal': ['misread 1'],
    })
  })
})
