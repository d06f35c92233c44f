/**
 * A slice of the Nth-call sweep: of every operation some kinds of fault, at every fifth call, over every phase of a log's
 * life. `fault-campaign.ts` tries them all.
 */
import { describe, expect, it } from 'vitest'
import { liveWithFault, VARIANTS } from './fault-life.ts'
import { describeKind, type FaultKind, faultKinds, OPERATIONS } from './fault-points.ts'
import { repairWithFault } from './fault-repair.ts'

/** One that fails once, one for ever, and the last manner there is, each of another errno for every operation. */
function someKinds(operation: FaultKind['operation'], place: number): FaultKind[] {
  const all = faultKinds(operation)
  const once = all.filter(({ isForEver }) => !isForEver)
  const forEver = all.filter(({ isForEver }) => isForEver)
  return [once[place % 8]!, forEver[(place + 3) % 8]!, once.at(-1)!, forEver.at(-2)!]
}

const STEP = 5

describe.each(OPERATIONS.map((operation, place) => ({ operation, place })))(
  'a failing $operation',
  ({ operation, place }) => {
    it.each(someKinds(operation, place).map((kind) => ({ kind, name: describeKind(kind) })))(
      'breaks no rule, wherever it strikes ($name)',
      ({ kind }) => {
        const variant = VARIANTS[place % VARIANTS.length]!
        let lives = 0
        for (let at = 1 + (place % STEP); liveWithFault(variant, kind, at) !== undefined; at += STEP) lives++
        // The rare ones come less than six times in a life.
        const isRare = ['truncate', 'makeDirectory', 'link', 'freeBytes', 'rename', 'remove'].includes(operation)
        expect(lives).toBeGreaterThan(isRare ? -1 : 0)
      },
    )
  },
)

it.each(OPERATIONS)(
  'a repair of which a %s fails ends with an error that has a code, or with a whole log',
  async (operation) => {
    for (const kind of someKinds(operation, 0).slice(0, 2)) {
      for (const inPlace of [false, true]) for (let at = 1; await repairWithFault(inPlace, kind, at); at += STEP);
    }
  },
)
