import type { SimulatedDisk } from '../support/simulated-disk.ts'
import { LOOKS } from '../support/simulated-disk-calls.ts'
import { crashStates } from '../support/simulated-disk-crash.ts'

/** Disks as a power cut would leave them, at every call of an action that changes anything. */
export async function cutsOf(disk: SimulatedDisk, action: () => Promise<unknown>): Promise<SimulatedDisk[]> {
  const states: SimulatedDisk[] = []
  disk.faults = {
    onCall: (operation) => {
      // What a directory has not been told to keep may survive in any order.
      const limit = operation === 'syncDirectory' ? 20 : 6
      if (!LOOKS.includes(operation)) states.push(...crashStates(disk, limit, states.length))
      return undefined
    },
  }
  await action()
  disk.faults = undefined
  return states
}
