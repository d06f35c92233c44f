import { describe, expect, it } from 'vitest'
import { decimal } from '../../src/trading/decimal.ts'
import {
  isOrderStatus,
  isTerminal,
  judge,
  mayFollow,
  nextTotal,
  type OrderProgress,
  type OrderStatus,
} from '../../src/trading/order-machine.ts'

const STATUSES: readonly OrderStatus[] = [0, 1, 2, 3, 4, 5]
const VOLUMES = [0, 1, 2, 3]

type Plain = readonly [status: OrderStatus, total: number, filled: number]

function progress([status, total, filled]: Plain): OrderProgress {
  return { status, total: decimal(total), filled: decimal(filled) }
}

/** The checks again, from the gateway's rules, over plain numbers. */
function expectedVerdict([from, oldTotal, oldFilled]: Plain, [to, eventTotal, filled]: Plain): string {
  const legal: Record<number, string> = { 0: '012345', 1: '12345', 2: '234' }
  if (from === to && oldFilled === filled) return 'unchanged'
  if (from === 3 || from === 4 || from === 5) return 'order_is_terminal'
  const total = eventTotal > 0 ? eventTotal : oldTotal
  if (filled < oldFilled) return 'filled_decreases'
  if (total > 0 && filled > total) return 'filled_exceeds_total'
  if (!legal[from]!.includes(String(to))) return 'illegal_transition'
  if (total > 0 && to === 3 && filled !== total) return 'filled_is_not_total'
  if (total > 0 && to === 2 && filled >= total) return 'partial_fill_of_all'
  return 'accepted'
}

describe('the order state machine', () => {
  it('gives the verdict of the rules for every status, total and filled volume, of the order and the event', () => {
    const seen = new Set<string>()
    const plains = STATUSES.flatMap((status) =>
      VOLUMES.flatMap((total) => VOLUMES.map((filled): Plain => [status, total, filled])),
    )
    for (const order of plains) {
      for (const event of plains) {
        const verdict = judge(progress(order), 'o', progress(event))
        const told = verdict.outcome === 'rejected' ? verdict.reason : verdict.outcome
        expect(told, `${order} then ${event}`).toBe(expectedVerdict(order, event))
        seen.add(told)
      }
    }
    expect([...seen].sort()).toEqual([
      'accepted',
      'filled_decreases',
      'filled_exceeds_total',
      'filled_is_not_total',
      'illegal_transition',
      'order_is_terminal',
      'partial_fill_of_all',
      'unchanged',
    ])
  })

  it('allows these transitions and no others', () => {
    const allowed = STATUSES.map((from) => STATUSES.filter((to) => mayFollow(from, to)))
    expect(allowed).toEqual([[0, 1, 2, 3, 4, 5], [1, 2, 3, 4, 5], [2, 3, 4], [], [], []])
    expect(STATUSES.filter(isTerminal)).toEqual([3, 4, 5])
  })

  it('lets any event make an order that is not known, unchecked, but for an empty id', () => {
    const wild = progress([2, 2, 9])
    expect(judge(undefined, 'o', wild)).toEqual({ outcome: 'accepted' })
    expect(judge(undefined, '', wild)).toEqual({ outcome: 'rejected', reason: 'empty_order_id' })
    expect(judge(wild, '', wild)).toEqual({ outcome: 'rejected', reason: 'empty_order_id' })
  })

  it('keeps the total that is known when an event tells none', () => {
    const order = progress([1, 5, 0])
    expect(nextTotal(order, progress([2, 0, 1])).toString()).toBe('5')
    expect(nextTotal(order, progress([2, -3, 1])).toString()).toBe('5')
    expect(nextTotal(order, progress([2, 8, 1])).toString()).toBe('8')
    expect(nextTotal(undefined, progress([2, 0, 1])).toString()).toBe('0')
  })

  it('compares fractional volumes exactly', () => {
    const order = { status: 2, total: decimal(3, 8), filled: decimal(1, 8) } as const
    const filled = (coefficient: number, status: OrderStatus) =>
      judge(order, 'o', { ...order, status, filled: decimal(coefficient, 8) })
    expect(filled(2, 2).outcome).toBe('accepted')
    expect(filled(3, 3).outcome).toBe('accepted')
    expect(filled(3, 2)).toEqual({ outcome: 'rejected', reason: 'partial_fill_of_all' })
    expect(filled(4, 3)).toEqual({ outcome: 'rejected', reason: 'filled_exceeds_total' })
  })

  it('knows the six statuses as numbers only', () => {
    expect([0, 5, 6, -1, 1.5, '1', 1n, null, Number.NaN].map(isOrderStatus)).toEqual([
      true,
      true,
      false,
      false,
      false,
      false,
      false,
      false,
      false,
    ])
  })
})
