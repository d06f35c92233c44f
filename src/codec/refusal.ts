/** How a refused value is told: the path to it, and the reason. */

import { RingwalError } from '../errors.ts'

/** One step of the way from the outermost value to the refused one. */
export interface Step {
  readonly holder: object
  readonly key: string | number | symbol
}

/** A refusal on its way up: every level that it passes adds its step, so `steps` runs from the inside out. */
export interface Refusal {
  readonly reason: string
  readonly steps: Step[]
  /** The depth limit was met. What looks deep may go in a circle. */
  readonly tooDeep: boolean
}

/** The error of a refusal. Facts: `path`, such as `$.orders[3].price`, and `reason`. */
export function refusalError(refusal: Refusal): RingwalError {
  const steps = refusal.steps.toReversed()
  const circle = refusal.tooDeep ? findCircle(steps) : undefined
  const path = pathOf(circle === undefined ? steps : steps.slice(0, circle.last))
  const reason =
    circle === undefined ? refusal.reason : `a cycle: the same object as ${pathOf(steps.slice(0, circle.first))}`
  return new RingwalError('ERR_RINGWAL_VALUE', `${path} can not be stored: ${reason}`, { path, reason })
}

/** The first object on the way that comes a second time: how many steps lead to it, and how many back to it. */
function findCircle(steps: readonly Step[]): { first: number; last: number } | undefined {
  const seen = new Map<object, number>()
  for (const [last, step] of steps.entries()) {
    const first = seen.get(step.holder)
    if (first !== undefined) return { first, last }
    seen.set(step.holder, last)
  }
  return undefined
}

function pathOf(steps: readonly Step[]): string {
  return `$${steps.map(({ key }) => segmentOf(key)).join('')}`
}

const IDENTIFIER = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u
const LONGEST_KEY = 100

function segmentOf(key: string | number | symbol): string {
  if (typeof key === 'number') return `[${key}]`
  if (typeof key === 'symbol') return `[${String(key)}]`
  // A path is for logs; a key of megabytes would drown them.
  if (key.length > LONGEST_KEY) return `[${JSON.stringify(`${key.slice(0, LONGEST_KEY)}…`)}]`
  // JSON.stringify escapes lone surrogates, so that the path itself can be stored and printed.
  return IDENTIFIER.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`
}

/** Names the class of an object that is not plain, as in `an instance of Map`. */
export function describeInstance(value: object): string {
  const maker: unknown = value.constructor
  const name: unknown = typeof maker === 'function' ? maker.name : undefined
  // Object.create(other), and plain objects of another realm.
  if (name === 'Object') return 'an object whose prototype is neither Object.prototype nor null'
  return typeof name === 'string' && name !== '' ? `an instance of ${name}` : 'an instance of a class without a name'
}
