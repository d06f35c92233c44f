/** Types of order event, as exchanges' message files number them. */
export const NEW = 1
export const PARTIAL_CANCEL = 2
export const DELETE = 3
export const EXECUTION = 4
export const HIDDEN_EXECUTION = 5

/** One event of an order's life. */
export interface OrderEvent {
  /** Seconds since midnight. */
  readonly time: number
  /** 1 new, 2 partial cancel, 3 delete, 4 execution, 5 execution of a hidden order. */
  readonly type: number
  readonly id: number
  readonly size: number
  /** Price times 10,000. */
  readonly price: number
  /** 1 buy, -1 sell. */
  readonly side: number
}

/** Tells an order event from any other value. */
export function isOrderEvent(value: unknown): value is OrderEvent {
  if (typeof value !== 'object' || value === null) return false
  const { time, type, id, size, price, side } = value as Partial<Record<keyof OrderEvent, unknown>>
  if (type !== 1 && type !== 2 && type !== 3 && type !== 4 && type !== 5) return false
  const isWhole = Number.isSafeInteger(id) && Number.isSafeInteger(size) && Number.isSafeInteger(price)
  return isWhole && (side === 1 || side === -1) && typeof time === 'number' && Number.isFinite(time)
}
