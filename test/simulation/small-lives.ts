/**
 * All lives of one to four records of a few sizes, in every grouping, with the writer at work behind each or not, under
 * every policy, with and without a steward: small enough for every crash state of whole sectors to be looked at.
 */
import type { Decision, LifeScript, LifeSettings } from './decision.ts'

/** Payload bytes: of a part of a sector; of about one; of several, so that the third does not fit a segment of 8 KiB. */
const SIZES = [24, 500, 1400] as const
const POLICIES: readonly LifeSettings['policy'][] = ['always', 'interval', 'never']
/** What comes behind a record: the next one; the writer, once; a sync of all. */
const BEHIND = ['nothing', 'step', 'flush'] as const
const RECORDS_MAX = 4
const ENDS = ['close', 'kill', 'power'] as const

const PER_RECORD = SIZES.length * BEHIND.length
const FRAMES = POLICIES.length * 2 * 2 * ENDS.length

/** How many there are; lives of fewer records come more than once. */
export const SMALL_LIVES: number = RECORDS_MAX * PER_RECORD ** RECORDS_MAX * FRAMES
/** Prime, so that each life comes once, and the first hundred differ in everything. */
const STRIDE = 15_485_863

/** @param index from 0 to SMALL_LIVES − 1 */
export function smallLife(index: number): LifeScript {
  let rest = Number((BigInt(index) * BigInt(STRIDE)) % BigInt(SMALL_LIVES))
  const digit = (base: number): number => {
    const value = rest % base
    rest = Math.floor(rest / base)
    return value
  }
  const settings: LifeSettings = {
    policy: POLICIES[digit(POLICIES.length)]!,
    segmentBytes: 8192,
    ringBytes: 16384,
    spareSegments: digit(2),
    splitRenames: false,
  }
  const isBatch = digit(2) === 1
  const end = ENDS[digit(ENDS.length)]!
  const count = 1 + digit(RECORDS_MAX)
  const decisions: Decision[] = []
  for (let i = 0; i < count; i++) {
    const size = SIZES[digit(SIZES.length)]!
    // A batch of two where that is the life's way: together they are as long.
    decisions.push({ do: 'exact', n: isBatch && i === 0 && count > 1 ? [2, size >> 1, i] : [1, size, i] })
    if (isBatch && i === 0) i++
    const behind = BEHIND[digit(BEHIND.length)]!
    if (behind === 'flush') decisions.push({ do: 'flush', n: [0] })
    if (behind !== 'nothing') decisions.push({ do: 'step', n: [behind === 'flush' ? 4 : 1] })
    if (settings.spareSegments > 0) decisions.push({ do: 'steward', n: [2] })
  }
  decisions.push({ do: 'step', n: [4] }, { do: 'advance', n: [25] }, { do: 'step', n: [4] })
  return { seed: index, settings, decisions: [...decisions, { do: end, n: [index] }] }
}
