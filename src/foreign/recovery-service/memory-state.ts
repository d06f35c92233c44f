/** What the recovery service's replay kept in memory besides its tables. */
import type { ServiceFacts } from '../../trading/service-event.ts'

type Facts = Map<string, unknown>

/**
 * By each of its rules, also those that were left unfinished: a balance is a fact `balance`, which no event has; limits and
 * checkpoints are never kept; and any kind that begins with POSITION_ or ORDER_ counts.
 */
export class MemoryState {
  private readonly positions = new Map<string, Facts>()
  private readonly orders = new Map<string, Facts>()
  private readonly balances: Facts = new Map()
  private tier: unknown = 'sniper'

  apply({ kind, id, data }: ServiceFacts): void {
    if (kind.startsWith('POSITION_')) merge(this.positions, id, data)
    else if (kind.startsWith('ORDER_')) merge(this.orders, id, data)
    else if (kind === 'BALANCE_UPDATED') {
      const asset = Object.hasOwn(data, 'asset') ? data['asset'] : 'USDT'
      this.balances.set(String(asset), Object.hasOwn(data, 'balance') ? data['balance'] : null)
    } else if (kind === 'TIER_CHANGED') this.tier = Object.hasOwn(data, 'new_tier') ? data['new_tier'] : null
  }

  /** Under the names of the original's result. */
  result(): ReadonlyMap<string, unknown> {
    return new Map<string, unknown>([
      ['positions', this.positions],
      ['orders', this.orders],
      ['balances', this.balances],
      ['tier', this.tier],
      ['risk_limits', new Map()],
      ['checkpoints', []],
    ])
  }
}

function merge(all: Map<string, Facts>, id: string, data: Readonly<Record<string, unknown>>): void {
  const facts = all.get(id) ?? new Map<string, unknown>()
  for (const [name, value] of Object.entries(data)) facts.set(name, value)
  all.set(id, facts)
}
