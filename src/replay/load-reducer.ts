import { inspect } from 'node:util'
import { type ErrorFacts, RingwalError } from '../errors.ts'
import type { Reducer } from './reducer.ts'

/**
 * Loads a reducer's module into this thread.
 * @param href URL of the module
 * @throws ERR_RINGWAL_REDUCER if it can not be loaded, or is no reducer
 */
export async function loadReducer(href: string): Promise<Reducer> {
  const { init, apply, merge, snapshot, restore, label, types, ordered } = await importModule(href)
  const isReducer = [init, apply, merge].every(isFunction) && [snapshot, restore].every(isFunctionOrNothing)
  if (!isReducer) throw notReducer(href, 'must export functions init, apply and merge, and may snapshot and restore')
  if (types !== undefined && !(Array.isArray(types) && types.every(isType)))
    throw notReducer(href, 'types must be a list of integers from 0 to 65535')
  if (ordered !== undefined && ordered !== 'key' && ordered !== 'global')
    throw notReducer(href, "ordered must be 'key' or 'global'")
  if (label !== undefined && typeof label !== 'string') throw notReducer(href, 'label must be a text')
  // A plain object: what a module exports may change, and is looked up more slowly.
  return { init, apply, merge, snapshot, restore, label, types, ordered } as Reducer
}

async function importModule(href: string): Promise<Record<string, unknown>> {
  try {
    return (await import(href)) as Record<string, unknown>
  } catch (error) {
    throw reducerError(`the reducer ${href} can not be loaded`, error, { reducer: href })
  }
}

function isFunction(value: unknown): boolean {
  return typeof value === 'function'
}

function isFunctionOrNothing(value: unknown): boolean {
  return value === undefined || isFunction(value)
}

function isType(type: unknown): boolean {
  return Number.isInteger(type) && (type as number) >= 0 && (type as number) <= 0xffff
}

function notReducer(href: string, wish: string): RingwalError {
  return new RingwalError('ERR_RINGWAL_REDUCER', `${href} is no reducer: ${wish}`, { reducer: href })
}

/** What a reducer threw. `thrown` has its stack, which would not survive the way from another thread otherwise. */
export function reducerError(what: string, thrown: unknown, facts: ErrorFacts): RingwalError {
  const isError = thrown instanceof Error
  const text = isError ? thrown.message : inspect(thrown)
  const stack = isError ? (thrown.stack ?? text) : text
  return new RingwalError('ERR_RINGWAL_REDUCER', `${what}: ${text}`, { ...facts, thrown: stack }, thrown)
}
