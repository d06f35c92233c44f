import { type Decimal, ZERO } from './decimal.ts'
import type { OrderFacts, Side } from './order-event.ts'
import { OrderId } from './order-id.ts'
import type { OrderStatus } from './order-machine.ts'

const NO_ORDER = new OrderId('')

/** The facts of one event after the other. */
export class DecodedFacts implements OrderFacts {
  account = ''
  instrument = ''
  orderId: OrderId = NO_ORDER
  exchangeOrderId = ''
  status: OrderStatus = 0
  total: Decimal = ZERO
  filled: Decimal = ZERO
  price: Decimal = ZERO
  side: Side | undefined = undefined
  reason = ''
  timeHigh = 0
  timeLow = 0

  /** What an event need not tell is as if it was not told. */
  forgetOptional(): void {
    this.exchangeOrderId = ''
    this.total = ZERO
    this.price = ZERO
    this.side = undefined
    this.reason = ''
  }
}
