import { RingwalError } from '../../src/index.ts'

/** Gives a value from outside its type. @throws RingwalError ERR_RINGWAL_INPUT, saying what is wrong at which place */
export type Check<T> = (value: unknown, place: string) => T

/** More than any benchmark has of anything; a page of more could not be drawn. */
const ITEMS_MAX = 10_000
const LETTERS_MAX = 10_000

export const number: Check<number> = (value, place) => {
  // Negative figures and NaN (null, in JSON) have no place in a benchmark.
  if (typeof value === 'number' && value >= 0 && Number.isFinite(value)) return value
  throw wrong(place, 'a number of 0 or more')
}

export const text: Check<string> = (value, place) => {
  if (typeof value === 'string' && value.length <= LETTERS_MAX) return value
  throw wrong(place, `a text of at most ${LETTERS_MAX} letters`)
}

export const yesOrNo: Check<boolean> = (value, place) => {
  if (typeof value === 'boolean') return value
  throw wrong(place, 'true or false')
}

export const date: Check<string> = (value, place) => {
  const found = text(value, place)
  if (/^\d{4}-\d\d-\d\dT/.test(found) && !Number.isNaN(Date.parse(found))) return found
  throw wrong(place, 'a time of ISO 8601')
}

export function oneOf<T extends string | number | boolean>(...choices: readonly T[]): Check<T> {
  return (value, place) => {
    const found = choices.find((choice) => choice === value)
    if (found !== undefined) return found
    throw wrong(place, `one of ${choices.join(', ')}`)
  }
}

export function orNull<T>(check: Check<T>): Check<T | null> {
  return (value, place) => (value === null ? null : check(value, place))
}

export function listOf<T>(check: Check<T>): Check<readonly T[]> {
  return (value, place) => {
    if (!Array.isArray(value) || value.length > ITEMS_MAX) throw wrong(place, `a list of at most ${ITEMS_MAX}`)
    return value.map((item, at) => check(item, `${place}[${at}]`))
  }
}

/** Every property of `T` has to be named, so that the compiler finds the one that was forgotten. Others are dropped. */
export function object<T>(checks: { [K in keyof T]-?: Check<T[K]> }, optional: readonly (keyof T)[] = []): Check<T> {
  return (value, place) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong(place, 'an object')
    const found: Partial<T> = {}
    for (const key of Object.keys(checks) as (keyof T & string)[]) {
      const property: unknown = (value as Record<string, unknown>)[key]
      if (property === undefined && optional.includes(key)) continue
      found[key] = checks[key](property, `${place}.${key}`)
    }
    return found as T
  }
}

function wrong(place: string, expected: string): RingwalError {
  return new RingwalError('ERR_RINGWAL_INPUT', `no result of the benchmark: ${place} is not ${expected}`, { place })
}
