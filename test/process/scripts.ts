import { SeededRandom } from '../support/seeded-random.ts'
import type { Life, LifeOrder } from './life.ts'

type Script = (life: Life) => Promise<void>

/** What a life consists of. All but `endless` end by themselves, after a second or so at most. */
const SCRIPTS: Readonly<Record<string, Script>> = {
  /** One record at a time, each waited for. */
  async steps(life) {
    await life.open()
    for (let i = 0; i < 40; i++) await appendAndSettle(life, 1)
    await life.close()
  },

  /** Groups that are left to the policy. */
  async groups(life) {
    await life.open()
    for (let i = 0; i < 15; i++) await appendAndSettle(life, 6)
    await life.close()
  },

  async flushes(life) {
    await life.open()
    for (let i = 0; i < 15; i++) {
      for (let n = 0; n < 6; n++) life.append()
      await life.flush()
    }
    await life.close()
  },

  /** Retires as it goes, so that files of retired segments are used again. */
  async truncating(life) {
    await life.open()
    for (let i = 0; i < 8; i++) {
      await appendAndSettle(life, 6)
      await life.cut(8)
    }
    await life.close()
  },

  async reopening(life) {
    for (let i = 0; i < 3; i++) {
      await life.open()
      await appendAndSettle(life, 3)
      await life.close()
    }
  },

  /** For who dies at a time, not at a call. What follows what comes from the seed and the LSN where it begins. */
  async endless(life) {
    await life.open()
    const random = new SeededRandom(life.order.seed * 2 ** 20 + life.lastLsn)
    for (;;) {
      for (let rounds = random.between(5, 200); rounds > 0; rounds--) {
        for (let n = random.between(1, 12); n > 0; n--) life.append()
        await (life.order.policy === 'never' || random.chance(0.2) ? life.flush() : life.settle())
        if (random.chance(0.3)) await life.cut(random.between(0, 60))
      }
      await life.close()
      await life.open()
    }
  },
}

async function appendAndSettle(life: Life, portions: number): Promise<void> {
  for (let n = 0; n < portions; n++) life.append()
  await life.settle()
}

export function scriptOf(name: string): Script {
  const script = SCRIPTS[name]
  if (script === undefined) throw new RangeError(`no script ${name}`)
  return script
}

/** What is tried with every call: each way in which the product comes to make one. */
export const SETTINGS: readonly Omit<LifeOrder, 'dir' | 'seed'>[] = [
  { script: 'steps', policy: 'always', everyMs: 1, segmentBytes: 1 << 20, spareSegments: 1, bytesMax: 300 },
  { script: 'steps', policy: 'always', everyMs: 1, segmentBytes: 1 << 16, spareSegments: 1, bytesMax: 10_000 },
  { script: 'groups', policy: 'interval', everyMs: 3, segmentBytes: 1 << 16, spareSegments: 1, bytesMax: 3000 },
  { script: 'flushes', policy: 'never', everyMs: 1, segmentBytes: 1 << 16, spareSegments: 2, bytesMax: 3000 },
  { script: 'truncating', policy: 'always', everyMs: 1, segmentBytes: 1 << 16, spareSegments: 2, bytesMax: 8000 },
  { script: 'reopening', policy: 'always', everyMs: 1, segmentBytes: 1 << 16, spareSegments: 1, bytesMax: 2000 },
]
