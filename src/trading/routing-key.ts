import type { BalanceEvent } from './balance-event.ts'
import type { OrderEvent } from './order-event.ts'

const FNV_OFFSET = 0x811c9dc5
const FNV_PRIME = 0x01000193

const encoder = new TextEncoder()

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
  const hash = hashText(Math.imul(hashText(FNV_OFFSET, account), FNV_PRIME), name) >>> 0
  return hash === 0 ? 1 : hash
}

function hashText(seed: number, text: string): number {
  let hash = seed
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code > 0x7f) return hashBytes(seed, encoder.encode(text))
    hash = Math.imul(hash ^ code, FNV_PRIME)
  }
  return hash
}

function hashBytes(seed: number, bytes: Uint8Array): number {
  return bytes.reduce((hash, byte) => Math.imul(hash ^ byte, FNV_PRIME), seed)
}
