/** Notes what it is given where a test sees it, who has this module once more, and throws at one record. */
import type { ReplayEntry } from '../../../src/replay/reducer.ts'

export const THROWS_AT = 30
export const NOTED = 'noted by a reducer'
export const noted = (): number[] => Reflect.get(globalThis, NOTED) ?? []
export const ordered = 'global'
export const init = (): undefined => undefined
export const merge = (): undefined => undefined

export function apply(_: undefined, { lsn }: ReplayEntry): void {
  Reflect.set(globalThis, NOTED, [...noted(), lsn])
  if (lsn === THROWS_AT) throw new Error('no more')
}
