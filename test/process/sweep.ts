import { SeededRandom } from '../support/seeded-random.ts'
import { Violation } from './check-log.ts'
import { type CallPoint, pointsOf } from './death-points.ts'
import type { Lives } from './lives.ts'
import { SETTINGS } from './scripts.ts'

export interface PointsPlan {
  /** Kinds of life: indices in `SETTINGS`. */
  readonly settings: readonly number[]
  /** Lives at a time. */
  readonly jobs: number
  readonly seed: number
}

/** All points of all kinds of life, in the seed's order. */
export async function shuffledPoints(lives: Lives, { settings, jobs, seed }: PointsPlan): Promise<CallPoint[]> {
  const kinds = settings.flatMap((setting) => [false, true].map((isCrashed) => ({ setting, isCrashed })))
  const points: CallPoint[] = []
  await shared(jobs, kinds, async ({ setting, isCrashed }) => {
    points.push(...(await pointsOf(lives, setting, isCrashed)))
  })
  return shuffled(points.sort(inOrder), new SeededRandom(seed))
}

function inOrder(a: CallPoint, b: CallPoint): number {
  return nameOf(a) < nameOf(b) ? -1 : 1
}

function nameOf({ setting, isCrashed, family, n }: CallPoint): string {
  return [setting, isCrashed, family, String(n).padStart(6, '0')].join(' ')
}

export function shuffled<T>(items: readonly T[], random: SeededRandom): T[] {
  const keyed = items.map((item) => ({ item, key: random.uint32() }))
  return keyed.sort((a, b) => a.key - b.key).map(({ item }) => item)
}

/** Does the same with each item, `jobs` of them at a time. */
export async function shared<T>(jobs: number, items: readonly T[], use: (item: T) => Promise<void>): Promise<void> {
  const left = items.values()
  const work = async (): Promise<void> => {
    for (const item of left) await use(item)
  }
  await Promise.all(Array.from({ length: jobs }, work))
}

export function describePoint({ setting, isCrashed, family, n }: CallPoint): string {
  const { script, policy } = SETTINGS[setting]!
  return `at ${family} ${n} of ${script} under ${policy} (setting ${setting}) in ${isCrashed ? 'a crashed' : 'a new'} log`
}

export function describeError(error: unknown): string {
  if (error instanceof Violation) return error.message
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
