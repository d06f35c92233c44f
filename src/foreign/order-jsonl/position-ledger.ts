import { DuplicateKeys } from './duplicate-keys.ts'
import type { Whole } from './numbers.ts'
import type { ReadOrder } from './order-reading.ts'
import type { OrderState } from './order-table.ts'
import { ownText } from './texts.ts'

const MARGIN_RATE = 0.1

/** A position as the original's ledger held it, in doubles. Texts hold one character per byte. */
export interface PositionState {
  readonly account: string
  readonly instrument: string
  readonly direction: 'long' | 'short'
  volume: number
  averagePrice: number
  margin: number
  time: Whole
}

/**
 * The position ledger: what an order has been filled since its last event is added to the position of the event's account,
 * instrument and direction, at the event's price. Nothing makes a position smaller.
 */
export class PositionLedger {
  readonly positions: Map<string, PositionState> = new Map()
  readonly #seen: DuplicateKeys = new DuplicateKeys()

  /** @param order the order that took the event in */
  apply(event: ReadOrder, order: OrderState): void {
    if (this.#seen.meet(event)) return
    // So put that a price that is not a number counts as one, as it did there.
    if (event.filled <= 0 || event.price <= 0 || event.filled <= order.booked) return
    const added = event.filled - order.booked
    order.booked = event.filled
    const position = isOf(order.position, event) ? order.position : this.#positionOf(event)
    order.position = position
    const cost = position.averagePrice * position.volume + event.price * added
    position.volume = (position.volume + added) | 0
    if (position.volume > 0) position.averagePrice = cost / position.volume
    position.margin = position.averagePrice * position.volume * MARGIN_RATE
    position.time = event.time
  }

  #positionOf({ account, instrument, reason, time }: ReadOrder): PositionState {
    const direction = directionOf(reason)
    // The length says where the account ends: both texts may hold any character.
    const key = `${account.length} ${account}${direction}${instrument}`
    const known = this.positions.get(key)
    if (known !== undefined) return known
    const texts = { account: ownText(account), instrument: ownText(instrument) }
    const position: PositionState = { ...texts, direction, volume: 0, averagePrice: 0, margin: 0, time }
    this.positions.set(key, position)
    return position
  }
}

function directionOf(reason: string): 'long' | 'short' {
  return reason === 'short' ? 'short' : 'long'
}

/** Nearly always a fill goes where the order's fill before went. */
function isOf(position: PositionState | undefined, event: ReadOrder): position is PositionState {
  return (
    position !== undefined &&
    position.account === event.account &&
    position.instrument === event.instrument &&
    position.direction === directionOf(event.reason)
  )
}
