/** The slow way to take a record's members out of an object: member by member, telling which one does not fit. */

import { type ErrorCode, RingwalError } from '../../errors.ts'
import { describeInstance } from '../refusal.ts'
import { allowedBy, fits, isObject } from './fits.ts'
import type { PlannedField } from './plan.ts'

/** Whom to name in an error, and with which code: ERR_RINGWAL_VALUE on the way out, ERR_RINGWAL_INPUT on the way in. */
export interface Blame {
  readonly record: string
  readonly code: ErrorCode
}

/**
 * A plain object of the declared members of `value`, in their order; others are left behind.
 * @throws by `blame`, with the facts `record`, `field`, `value` and `allowed`
 */
export function conform(
  fields: readonly PlannedField[],
  value: unknown,
  useBigInt64: boolean,
  blame: Blame,
): Record<string, unknown> {
  if (!isObject(value)) throw misfit(blame, '', value, 'an object')
  const plain: Record<string, unknown> = {}
  for (const { name, path, isOptional, shape } of fields) {
    const member = value[name]
    if (member === undefined && isOptional) continue
    const isFit = shape.kind === 'nested' ? isObject(member) : member !== undefined && fits(shape, member, useBigInt64)
    if (!isFit) throw misfit(blame, path, member, allowedBy(shape, useBigInt64))
    plain[name] = shape.kind === 'nested' ? conform(shape.fields, member, useBigInt64, blame) : member
  }
  return plain
}

/** @param field its path; empty for the record as a whole */
export function misfit({ record, code }: Blame, field: string, value: unknown, allowed: string): RingwalError {
  const told = describe(value)
  const place = field === '' ? `record ${record}` : `record ${record}, field ${field}`
  return new RingwalError(code, `${place}: ${told} does not fit; allowed: ${allowed}`, {
    record,
    field,
    value: told,
    allowed,
  })
}

const LONGEST_TEXT = 80

/** JSON.stringify escapes what a terminal should not be sent. */
function describe(value: unknown): string {
  if (typeof value === 'string') {
    return JSON.stringify(value.length > LONGEST_TEXT ? `${value.slice(0, LONGEST_TEXT)}…` : value)
  }
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value === 'function') return 'a function'
  if (typeof value !== 'object' || value === null) return String(value)
  if (Array.isArray(value)) return 'an array'
  return Object.getPrototypeOf(value) === Object.prototype ? 'an object' : describeInstance(value)
}
