import { HASH_SEED, hashText, hashZero, keyOfHash } from '../routing-key.ts'
import { conform } from './conform.ts'
import type { RecordPlan } from './plan.ts'

/**
 * The routing key of a record: FNV-1a (32 bits) over the texts of the key's fields in UTF-8, in the declared order of
 * the key, with a zero byte between any two; 1 in place of 0, which stands for no key. 0 if no key is declared.
 * @throws ERR_RINGWAL_VALUE for a member that is no such text
 */
export function keyOf({ name, fields, keyNames }: RecordPlan, value: unknown): number {
  if (keyNames.length === 0) return 0
  const keyFields = fields.filter((field) => keyNames.includes(field.name))
  const texts = conform(keyFields, value, false, { record: name, code: 'ERR_RINGWAL_VALUE' })
  const hash = keyNames.reduce((before, name, index) => {
    return hashText(index === 0 ? HASH_SEED : hashZero(before), texts[name] as string)
  }, 0)
  return keyOfHash(hash)
}
