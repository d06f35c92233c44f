/** A life of a log as a list of decisions: drawn from a seed, written to a file, made shorter, lived again. */
import { SeededRandom } from '../support/seeded-random.ts'

/**
 * What one actor does next, with its numbers:
 *
 * - `append` producer, records (more than one are a batch), longest payload, stamp
 * - `fill` producer, records, longest payload, stamp: large ones, each by itself, so that segments end
 * - `exact` records, payload bytes of each, stamp: by the first producer
 * - `join` a further producer; `leave` producer; `die` producer, records, bytes: between claim and publish
 * - `flush` producer: asks for a sync
 * - `step` times: the writer
 * - `advance` milliseconds, on the clock of all
 * - `steward` pieces of making spare files
 * - `truncate` LSNs to keep below the durable one, pieces of the work (0: to its end)
 * - `follow` reader: it looks for what became durable; `read` 0: all of the log, 1: as an observer does
 * - `close`; `kill`: the process dies; `power`: seed of what survives
 * - `fault` operation, errno, calls until then, bytes moved before it, whether it takes effect all the same
 */
export type Deed =
  | 'append'
  | 'fill'
  | 'exact'
  | 'join'
  | 'leave'
  | 'die'
  | 'flush'
  | 'step'
  | 'advance'
  | 'steward'
  | 'truncate'
  | 'follow'
  | 'read'
  | 'close'
  | 'kill'
  | 'power'
  | 'fault'

export interface Decision {
  readonly do: Deed
  readonly n: readonly number[]
  /** What others do while a call of the file system that this causes is under way: the how-manieth, from 0. */
  readonly inside?: readonly Inside[]
}

export interface Inside {
  readonly call: number
  readonly do: readonly Decision[]
}

export interface LifeSettings {
  readonly policy: 'always' | 'interval' | 'never'
  readonly segmentBytes: number
  readonly ringBytes: number
  readonly spareSegments: number
  readonly splitRenames: boolean
}

/** All that a life is made of: the same script is the same life. */
export interface LifeScript {
  /** Also of the salts, and of what a power cut leaves behind the decisions. */
  readonly seed: number
  readonly settings: LifeSettings
  readonly decisions: readonly Decision[]
}

export const PRODUCERS_MAX = 4
export const FOLLOWERS_MAX = 2

type Weights = readonly (readonly [deed: Deed, weight: number])[]

/** What an engine does, with all that can go wrong. */
const EVERYTHING: Weights = [
  ['append', 44],
  ['step', 22],
  ['steward', 8],
  ['advance', 6],
  ['flush', 6],
  ['truncate', 4],
  ['follow', 5],
  ['read', 3],
  ['join', 2],
  ['leave', 1],
  ['die', 1],
  ['fault', 3],
  ['close', 2],
  ['kill', 2],
  ['power', 2],
]
/** A log that gives up most of what it wrote, soon after, so that files are used again and again. */
const RECYCLING: Weights = [
  ['fill', 34],
  ['step', 18],
  ['flush', 12],
  ['truncate', 14],
  ['steward', 14],
  ['follow', 3],
  ['read', 2],
  ['fault', 2],
  ['kill', 1],
  ['power', 2],
]
/** A segment is filled, given up, and begun again. */
const ROUND: readonly Deed[] = ['fill', 'step', 'fill', 'step', 'flush', 'step', 'truncate', 'steward']
/** What can come while somebody else's call is under way. */
const BESIDE: Weights = [
  ['append', 40],
  ['step', 20],
  ['steward', 15],
  ['truncate', 6],
  ['read', 6],
  ['flush', 6],
  ['join', 3],
  ['advance', 4],
]

/** Draws a life of so many decisions, not counting those inside others. Every third one recycles much. */
export function drawLife(seed: number, length: number, isRecycling: boolean = seed % 3 === 0): LifeScript {
  const random = new SeededRandom(seed)
  const settings: LifeSettings = {
    policy: random.pick(['always', 'interval', isRecycling ? 'always' : 'never'] as const),
    segmentBytes: isRecycling ? 8192 : random.pick([8192, 8192, 12288]),
    ringBytes: random.pick([isRecycling ? 8192 : 4096, 8192, 16384]),
    spareSegments: isRecycling ? random.between(1, 2) : random.below(3),
    splitRenames: random.chance(0.2),
  }
  const decisions: Decision[] = []
  while (decisions.length < length) {
    if (isRecycling && random.chance(0.1))
      for (const deed of ROUND) decisions.push(drawDecision(random, [[deed, 1]], 0))
    else decisions.push(drawDecision(random, isRecycling ? RECYCLING : EVERYTHING, 0))
  }
  return { seed, settings, decisions }
}

function drawDecision(random: SeededRandom, weights: Weights, depth: number): Decision {
  const deed = drawDeed(random, weights)
  const decision = { do: deed, n: drawNumbers(random, deed) }
  const canHold = ['step', 'steward', 'truncate', 'follow', 'read', 'close'].includes(deed)
  if (!canHold || depth === 2 || !random.chance(0.4)) return decision
  const inside = Array.from({ length: random.between(1, 2) }, () => ({
    call: random.below(8),
    do: Array.from({ length: random.between(1, 2) }, () => drawDecision(random, BESIDE, depth + 1)),
  }))
  return { ...decision, inside }
}

function drawDeed(random: SeededRandom, weights: Weights): Deed {
  let draw = random.below(weights.reduce((sum, [, weight]) => sum + weight, 0))
  for (const [deed, weight] of weights) {
    draw -= weight
    if (draw < 0) return deed
  }
  throw new RangeError('no weights to draw from')
}

function drawNumbers(random: SeededRandom, deed: Deed): readonly number[] {
  const producer = (): number => random.below(PRODUCERS_MAX)
  switch (deed) {
    case 'append': {
      const count = random.chance(0.25) ? random.between(2, 4) : 1
      return [producer(), count, random.pick([40, 400, 800, 1500]), random.below(1 << 20)]
    }
    case 'fill':
      return [producer(), random.between(1, 4), random.pick([800, 1200, 1500]), random.below(1 << 20)]
    case 'die':
      return [producer(), random.between(1, 2), random.between(8, 40) * 8]
    case 'step':
      return [random.pick([1, 1, 2, 4])]
    case 'advance':
      return [random.pick([1, 5, 11, 25])]
    case 'steward':
      return [random.between(1, 4)]
    case 'truncate':
      return [random.pick([0, 0, 1, 5]), random.pick([0, 0, 1, 2])]
    case 'follow':
      return [random.below(FOLLOWERS_MAX)]
    case 'read':
      return [random.below(2)]
    case 'power':
      return [random.uint32()]
    case 'fault':
      return [random.below(9), random.below(4), random.below(4), random.below(600), random.below(2)]
    case 'flush':
    case 'leave':
      return [producer()]
    default:
      return []
  }
}
