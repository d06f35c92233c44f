import { instantiateKernel, type SharedMemory } from '../../wasm.ts'
import { WASM_BASE64 } from './claims-binary.ts'

/** The ring's 64-bit steps over one shared memory: see claims.as.ts for each call. Unsigned results come back signed. */
export interface ClaimsKernel {
  claim(slots: number, capacityUnits: number, owner: number, units: number, count: number): number
  publish(slot: number, word: number): number
  collect(slots: number, capacityUnits: number, position: number, limitUnits: number, lap: number): number
  release(head: number, consumedLow: number, consumedHigh: number): void
  setTail(position: number, sequenceLow: number): void
  helpTail(position: number, word: number): void
  tailPosition(): number
}

export function instantiateClaimsKernel(memory: SharedMemory): ClaimsKernel {
  return instantiateKernel(WASM_BASE64, memory) as ClaimsKernel
}
