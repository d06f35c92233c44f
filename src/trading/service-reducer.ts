/** The reducer module of the recovery service's state, for `replay(dir, { reducer: serviceReducer })`. */
import { RingwalError } from '../errors.ts'
import { SERVICE_EVENT } from './service-event.ts'
import { type ServiceEntry, ServiceState } from './service-state.ts'

export const types: readonly number[] = [SERVICE_EVENT]

/** A tier, or a list of tiers, is of all records: what came first and last shows in their one order only. */
export const ordered = 'global'

export function init(): ServiceState {
  return new ServiceState()
}

export function apply(state: ServiceState, entry: ServiceEntry): void {
  state.apply(entry)
}

/** @throws ERR_RINGWAL_INTERNAL as there is one state only, whatever the number of threads */
export function merge(states: ServiceState[]): ServiceState {
  if (states.length === 1) return states[0]!
  throw new RingwalError('ERR_RINGWAL_INTERNAL', `${states.length} states where records are applied in one order`)
}

export function snapshot(state: ServiceState): Uint8Array {
  return state.snapshot()
}

export function restore(bytes: Uint8Array): ServiceState {
  return ServiceState.restore(bytes)
}
