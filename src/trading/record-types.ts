/** Record types of trading events: the `type` of their frames. Stable for ever: logs hold them. */

/** What became of an order. Its price is the average over all that is filled of the order. */
export const ORDER_EVENT = 1

/** One trade of an order. Its price is that of this trade; its filled volume is the order's, as in an order event. */
export const TRADE_EVENT = 2

/** An amount of a currency in an account, set or added. */
export const BALANCE_EVENT = 3

export const TRADING_TYPES: readonly number[] = [ORDER_EVENT, TRADE_EVENT, BALANCE_EVENT]
