import type { RetentionOptions } from '../../src/retention/retention-options.ts'
import type { SeededRandom } from '../support/seeded-random.ts'

export const SEGMENT_BYTES: number = 1 << 14
export const RING_BYTES: number = 1 << 15
export const SPARE_SEGMENTS = 1
export const MINUTE_MS = 60_000

/** How one week is run. */
export interface WeekSettings {
  readonly seed: number
  readonly minutes: number
  readonly policy: 'always' | 'interval'
  readonly maxBytes: number
  /** Whether only that is retired which checkpoints make up for. */
  readonly checkpoint: boolean
  readonly archiveEveryMs: number
  /** How many appends a minute has, at most. */
  readonly appendsMax: number
}

export function settingsOf(seed: number, minutes: number, random: SeededRandom): WeekSettings {
  return {
    seed,
    minutes,
    policy: random.pick(['always', 'interval']),
    maxBytes: random.between(12, 40) * SEGMENT_BYTES,
    checkpoint: random.chance(0.5),
    archiveEveryMs: random.pick([5, 15, 60]) * MINUTE_MS,
    appendsMax: random.pick([2, 4, 6]),
  }
}

export function retentionOf({ maxBytes, checkpoint }: WeekSettings): RetentionOptions {
  return { maxBytes, checkpoint, atCap: 'refuse' }
}

/**
 * What the files for segments may take beyond `maxBytes`: what was accepted before the cap was met is written all the same, and that
 * is a ring's content; it begins and ends within segments that have room for more.
 */
export const SLACK_BYTES: number = RING_BYTES + 2 * SEGMENT_BYTES
