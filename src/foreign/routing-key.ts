import { HASH_SEED, hashBytes, keyOfHash } from '../codec/index.ts'

/**
 * The routing key of a record from the bytes of what it is about; 0 for no bytes. The same as `ringwal append --key-field` makes
 * of the same text in UTF-8.
 */
export function routingKeyOf(bytes: Uint8Array): number {
  return bytes.length === 0 ? 0 : keyOfHash(hashBytes(HASH_SEED, bytes))
}
