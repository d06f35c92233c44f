import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { foldOf, orderRecord, type Record, tradeRecord } from './helpers.ts'
import { isSame, minus, nothing, over, plus, type Rational, rational, rounded, sign, times } from './rational.ts'

interface Step {
  readonly order: number
  readonly isTrade: boolean
  /** Hundred-millionths that this event adds to what is filled. 0 repeats what was told. */
  readonly more: number
  readonly price: string
}

const volume = fc.oneof(
  fc.integer({ min: 0, max: 20 }).map((units) => units * 1e8),
  fc.integer({ min: 1, max: 1000 }),
  fc.integer({ min: 1, max: 2 ** 31 }),
)
const price = fc.oneof(
  fc.integer({ min: 1, max: 9000 }).map((half) => String(half / 2)),
  fc.integer({ min: 1, max: 99_999_999 }).map((cents) => (cents / 1e4).toFixed(4)),
  fc.constantFrom('0.00000001', '33.333333333333', '98765432109876543210.5', '0'),
)
const step: fc.Arbitrary<Step> = fc.record({ order: fc.nat(5), isTrade: fc.boolean(), more: volume, price })

const asText = (units: number): string => {
  const digits = String(units).padStart(9, '0')
  return `${digits.slice(0, -8)}.${digits.slice(-8)}`
}

/** Orders with an even number buy, the others sell. No total is told, so that the state machine lets every fill pass. */
function recordsOf(steps: readonly Step[]): Record[] {
  const filled = [0, 0, 0, 0, 0, 0]
  return steps.map(({ order, isTrade, more, price: told }) => {
    filled[order]! += more
    const record = isTrade ? tradeRecord : orderRecord
    return record({
      client_order_id: `o-${order}`,
      side: order % 2 === 0 ? 'buy' : 'sell',
      filled_volume: asText(filled[order]!),
      avg_fill_price: told,
    })
  })
}

/** Decimals of the shortest text of a decimal. */
const decimalsOf = (text: string): number => (text.replace(/\.?0*$/, '').split('.')[1] ?? '').length

/** The ledger again, in fractions. Money is what was received less what was paid. */
class Oracle {
  net: Rational = nothing
  cost: Rational = nothing
  realized: Rational = nothing
  money: Rational = nothing
  decimals = 8
  private readonly filled = [0, 0, 0, 0, 0, 0]
  private readonly booked = [0, 0, 0, 0, 0, 0]
  private readonly paid: Rational[] = [nothing, nothing, nothing, nothing, nothing, nothing]

  take({ order, isTrade, more, price: told }: Step): void {
    this.filled[order]! += more
    const all = this.filled[order]!
    const fresh = all - this.booked[order]!
    if (fresh === 0 || told === '0') return
    const value = rational(told)
    const before = this.paid[order]!
    const whole = rational(asText(all))
    const notional = isTrade ? times(value, rational(asText(fresh))) : minus(times(value, whole), before)
    const volumeDecimals = Math.max(decimalsOf(asText(all)), decimalsOf(asText(this.booked[order]!)))
    this.decimals = Math.max(this.decimals, decimalsOf(told) + volumeDecimals)
    this.booked[order] = all
    this.paid[order] = plus(before, notional)
    const direction = order % 2 === 0 ? { n: 1n, d: 1n } : { n: -1n, d: 1n }
    this.fill(times(direction, rational(asText(fresh))), times(direction, notional))
  }

  private fill(change: Rational, flow: Rational): void {
    this.money = minus(this.money, flow)
    const after = plus(this.net, change)
    if (sign(this.net) === 0 || sign(this.net) === sign(change)) {
      this.cost = plus(this.cost, flow)
    } else if (sign(after) === 0) {
      this.realized = minus(this.realized, plus(flow, this.cost))
      this.cost = nothing
    } else if (sign(after) === sign(this.net)) {
      const share = rounded(over(times(this.cost, minus(nothing, change)), this.net), this.decimals)
      this.realized = minus(this.realized, plus(flow, share))
      this.cost = minus(this.cost, share)
    } else {
      const closing = rounded(over(times(flow, minus(nothing, this.net)), change), this.decimals)
      this.realized = minus(this.realized, plus(closing, this.cost))
      this.cost = minus(flow, closing)
    }
    this.net = after
  }
}

describe('the ledger, beside one in fractions', () => {
  it('has the same position, cost and profit to the last digit, and loses no money', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const oracle = new Oracle()
        for (const taken of steps) oracle.take(taken)
        const state = foldOf(recordsOf(steps))
        expect(state.counts).toMatchObject({ events: steps.length, stateRejected: 0, parseErrors: 0 })
        const position = [...state.books.entries()][0]?.[2].position
        if (position === undefined) return
        const [net, cost, realized] = [position.net, position.cost, position.realized].map((value) =>
          rational(`${value}`),
        )
        expect(isSame(net!, oracle.net)).toBe(true)
        expect(isSame(cost!, oracle.cost)).toBe(true)
        expect(isSame(realized!, oracle.realized)).toBe(true)
        expect(isSame(minus(realized!, cost!), oracle.money)).toBe(true)
      }),
      { numRuns: 1500 },
    )
  })
})
