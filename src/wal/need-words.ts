import type { RingMemory } from '../ring/index.ts'
import { NEEDS_AT } from './control-layout.ts'

const ARCHIVED = 0
const HELD = 1
const LEFT = 2
const HAS_ARCHIVE = 3

/**
 * What old segments are kept for, in shared words: see control-layout.ts.
 *
 * A hold is taken in the engine's thread, at once, while the steward may be about to retire a segment. The two agree as writer
 * and steward do over a spare: each says what it is about before it looks at the other's word, so that at least one of them sees
 * the other.
 *
 * ```
 *   engine, to hold from LSN h                   steward, to leave a log that begins at f
 *   held := h                                    left := f
 *   left > h ?  too late: what was held before   0 < held < f ?  it stays, and left is what it was
 * ```
 */
export class NeedWords {
  private readonly words: BigUint64Array<SharedArrayBuffer>

  constructor({ memory, userAt }: RingMemory) {
    this.words = new BigUint64Array(memory.buffer, userAt + NEEDS_AT, 4)
  }

  /**
   * Whether the log has an archive: then retention keeps what is above `archivedLsn`. To be said before the steward begins, which
   * else could retire what was never archived.
   */
  get hasArchive(): boolean {
    return this.load(HAS_ARCHIVE) !== 0
  }

  set hasArchive(value: boolean) {
    this.store(HAS_ARCHIVE, value ? 1 : 0)
  }

  /** Every record up to it is in the archive, durably; 0 until that is known. */
  get archivedLsn(): number {
    return this.load(ARCHIVED)
  }

  set archivedLsn(lsn: number) {
    this.store(ARCHIVED, lsn)
  }

  /** The lowest LSN that a hold of this process keeps; 0 if there is none. The engine's thread alone sets it. */
  get heldLsn(): number {
    return this.load(HELD)
  }

  set heldLsn(lsn: number) {
    this.store(HELD, lsn)
  }

  /** First LSN that is left by whoever retires segments now, or did; 0 if nobody has. The steward alone sets it. */
  get leftLsn(): number {
    return this.load(LEFT)
  }

  set leftLsn(lsn: number) {
    this.store(LEFT, lsn)
  }

  private load(at: number): number {
    return Number(Atomics.load(this.words, at))
  }

  private store(at: number, value: number): void {
    Atomics.store(this.words, at, BigInt(value))
  }
}
