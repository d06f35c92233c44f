import { HASH_SEED, hashText, hashZero, keyOfHash } from '../codec/index.ts'
import type { BalanceEvent } from './balance-event.ts'
import type { OrderEvent } from './order-event.ts'

/**
 * The routing hash of an event, for `append(event, { key: keyOf(event) })`: records of one account and instrument, or of one
 * account and currency, have the same key, and so one thread of a replay gets them all in order.
 */
export function keyOf(event: OrderEvent | BalanceEvent): number {
  return routingKey(event.account_id, 'currency' in event ? event.currency : event.instrument_id)
}

/**
 * FNV-1a (32 bits) over the account's UTF-8 bytes, a zero byte, and the name's; 1 in place of 0, which stands for no key.
 * @param name of an instrument or a currency
 * @returns 1 to 2^32 - 1
 */
export function routingKey(account: string, name: string): number {
  return keyOfHash(hashText(hashZero(hashText(HASH_SEED, account)), name))
}
