import type { ForeignText } from '../foreign-text.ts'

/** Entry types, as the header's byte has them. */
export const TYPE_NEW = 1
export const TYPE_UPDATE = 2
export const TYPE_FILL = 3
export const TYPE_CANCEL = 4
export const TYPE_CHECKPOINT = 5
export const TYPE_ROTATION = 6

export type OrderSide = 'BUY' | 'SELL'

export interface NewEvent {
  readonly kind: 'new'
  readonly id: ForeignText
  readonly symbol: ForeignText
  readonly side: OrderSide
  /** Codes of the original, whose meaning its files do not tell. */
  readonly orderType: number
  readonly timeInForce: number
  readonly quantity: number
  /** Null if the order has none. */
  readonly price: number | null
}

export interface UpdateEvent {
  readonly kind: 'update'
  readonly id: ForeignText
  readonly venueId: ForeignText
  readonly status: ForeignText
  readonly reason: ForeignText
  /** Nanoseconds since the Unix epoch, signed; also in the other events. */
  readonly time: bigint
}

export interface FillEvent {
  readonly kind: 'fill'
  readonly id: ForeignText
  readonly symbol: ForeignText
  readonly quantity: number
  readonly price: number
  readonly time: bigint
}

export interface CancelEvent {
  readonly kind: 'cancel'
  readonly id: ForeignText
  readonly reason: ForeignText
  readonly time: bigint
}

/** An order as a checkpoint holds it. */
export interface CheckpointOrder {
  readonly id: ForeignText
  readonly symbol: ForeignText
  readonly side: ForeignText
  readonly quantity: number | null
  readonly limit: number | null
  readonly executed: number
  readonly averagePrice: number
  readonly venueId: ForeignText
  readonly status: ForeignText
  readonly reason: ForeignText
  readonly time: bigint
  readonly created: bigint
}

export interface CheckpointEvent {
  readonly kind: 'checkpoint'
  readonly orders: readonly CheckpointOrder[]
}

/** An entry that changes no order. */
export type SilentEvent =
  | { readonly kind: 'rotation' }
  | { readonly kind: 'unknown'; readonly type: number; readonly payload: Uint8Array }

export type OrderEvent = NewEvent | UpdateEvent | FillEvent | CancelEvent | CheckpointEvent | SilentEvent
