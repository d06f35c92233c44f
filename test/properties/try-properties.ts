import { describe, it } from 'vitest'
import type { Property } from '../support/property.ts'

/** The tests of some properties. `PROPERTY_SEED` in the environment is the seed of their inputs; else each run has others. */
export function tryProperties(about: string, properties: readonly Property[]): void {
  const text = process.env['PROPERTY_SEED']
  const seed = text === undefined ? undefined : Number(text)
  describe(about, () => {
    for (const { name, runs, check } of properties) {
      it(name, async () => {
        await check({ seed, runs })
      })
    }
  })
}
