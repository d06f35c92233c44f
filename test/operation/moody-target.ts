import type { ArchiveTarget, StoredObject } from '../../src/archive/archive-target.ts'
import { RingwalError } from '../../src/errors.ts'
import type { SeededRandom } from '../support/seeded-random.ts'

/**
 * How an archive behaves for a while. `down`: every call fails; `flaky`: some do; `hanging`: some never answer; `deaf`: some are
 * carried out, and fail all the same; `half`: some uploads end in their midst, and leave what they have.
 */
export const MOODS = ['fine', 'down', 'flaky', 'hanging', 'deaf', 'half'] as const
export type Mood = (typeof MOODS)[number]

const SOME = 0.4

/** An archive with failures. */
export class MoodyTarget implements ArchiveTarget {
  mood: Mood = 'fine'
  /** How often it has failed, by mood. */
  readonly failures: Map<Mood, number> = new Map()
  private readonly target: ArchiveTarget
  private readonly random: SeededRandom

  constructor(target: ArchiveTarget, random: SeededRandom) {
    this.target = target
    this.random = random
  }

  get name(): string {
    return this.target.name
  }

  put(name: string, pieces: AsyncIterable<Uint8Array>): Promise<'stored' | 'taken'> {
    return this.call(() => this.target.put(name, this.mood === 'half' && this.isHit() ? halfOf(pieces) : pieces))
  }

  async *get(name: string, bytesMax: number): AsyncGenerator<Uint8Array> {
    await this.call(async () => {})
    yield* this.target.get(name, bytesMax)
  }

  list(): Promise<readonly StoredObject[]> {
    return this.call(() => this.target.list())
  }

  remove(name: string): Promise<void> {
    return this.call(() => this.target.remove(name))
  }

  private async call<T>(work: () => Promise<T>): Promise<T> {
    const { mood } = this
    if (mood === 'down' || (mood === 'flaky' && this.isHit())) throw refusal()
    if (mood === 'hanging' && this.isHit()) return new Promise(() => {})
    const result = await work()
    if (mood === 'deaf' && this.isHit()) throw refusal()
    return result
  }

  private isHit(): boolean {
    if (!this.random.chance(SOME)) return false
    this.failures.set(this.mood, (this.failures.get(this.mood) ?? 0) + 1)
    return true
  }
}

async function* halfOf(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) {
    yield piece.subarray(0, piece.length >> 1)
    throw refusal()
  }
}

function refusal(): RingwalError {
  return new RingwalError('ERR_RINGWAL_IO', 'the archive does not answer', {})
}
