import { RingwalError } from '../errors.ts'
import type { RingMemory } from '../ring/index.ts'
import {
  NAMING_AT,
  RECYCLED_AT,
  RECYCLED_SLOTS,
  SPARE_BUSY_AT,
  SPARE_ERRNO_AT,
  SPARE_MADE_AT,
  SPARE_TAKEN_AT,
} from './control-layout.ts'

/** A file that was a segment, and waits under another name to be one again. */
export interface RecycledFile {
  /** Number of the segment that it was. */
  readonly number: number
  /** That segment's salt; never 0. */
  readonly salt: bigint
}

/** The threads that give names in the log's directory. */
export type Namer = keyof typeof NAMING_AT

/** What writer and steward tell one another of files and names, in shared words: see control-layout.ts. */
export class StewardWords {
  private readonly words: Int32Array<SharedArrayBuffer>
  private readonly recycled: BigUint64Array<SharedArrayBuffer>
  private readonly base: number

  constructor({ memory, words, userAt }: RingMemory) {
    this.words = words
    this.base = userAt >> 2
    this.recycled = new BigUint64Array(memory.buffer, userAt + RECYCLED_AT, RECYCLED_SLOTS * 2)
  }

  /** The steward's claim on a segment number for one piece of work; 0 = none. Wakes a writer that waits for it. */
  setSpareBusy(number: number): void {
    this.store(SPARE_BUSY_AT, number)
    if (number === 0) Atomics.notify(this.words, this.base + (SPARE_BUSY_AT >> 2))
  }

  get spareBusy(): number {
    return this.load(SPARE_BUSY_AT)
  }

  /** Blocks while the steward works on `number`. @throws ERR_RINGWAL_INTERNAL if it does not let go for `timeoutMs` */
  waitSpareIdle(number: number, timeoutMs: number): void {
    this.waitWhile(SPARE_BUSY_AT, number, timeoutMs, `the steward holds segment ${number}`)
  }

  /** Says that a thread is at a sync of the directory, or that it is back and its failure, if it failed, is known. */
  setNaming(by: Namer, isAtIt: boolean): void {
    this.store(NAMING_AT[by], isAtIt ? 1 : 0)
    if (!isAtIt) Atomics.notify(this.words, this.base + (NAMING_AT[by] >> 2))
  }

  isNaming(who: Namer): boolean {
    return this.load(NAMING_AT[who]) !== 0
  }

  /** Blocks while `who` is at a sync of the directory. @throws ERR_RINGWAL_INTERNAL if it is for `timeoutMs` */
  waitNamesIdle(who: Namer, timeoutMs: number): void {
    this.waitWhile(NAMING_AT[who], 1, timeoutMs, `the ${who} is at a sync of the directory`)
  }

  private waitWhile(at: number, value: number, timeoutMs: number, what: string): void {
    const deadline = performance.now() + timeoutMs
    while (this.load(at) === value) {
      const left = deadline - performance.now()
      if (left <= 0) throw new RingwalError('ERR_RINGWAL_INTERNAL', `${what} for ${timeoutMs} ms`, {})
      Atomics.wait(this.words, this.base + (at >> 2), value, left)
    }
  }

  get spareMade(): number {
    return this.load(SPARE_MADE_AT)
  }

  set spareMade(number: number) {
    this.store(SPARE_MADE_AT, number)
  }

  /** Says which file spare `number` is; undefined for one of its own. To be said before `spareMade` tells of it. */
  setRecycled(number: number, file: RecycledFile | undefined): void {
    const at = (number % RECYCLED_SLOTS) * 2
    this.recycled[at] = BigInt(file?.number ?? 0)
    this.recycled[at + 1] = file?.salt ?? 0n
  }

  recycledFor(number: number): RecycledFile | undefined {
    const at = (number % RECYCLED_SLOTS) * 2
    const was = Number(this.recycled[at]!)
    return was === 0 ? undefined : { number: was, salt: this.recycled[at + 1]! }
  }

  get spareTaken(): number {
    return this.load(SPARE_TAKEN_AT)
  }

  set spareTaken(number: number) {
    this.store(SPARE_TAKEN_AT, number)
  }

  get spareErrno(): number {
    return this.load(SPARE_ERRNO_AT)
  }

  set spareErrno(errno: number) {
    this.store(SPARE_ERRNO_AT, errno)
  }

  private load(at: number): number {
    return Atomics.load(this.words, this.base + (at >> 2))
  }

  private store(at: number, value: number): void {
    Atomics.store(this.words, this.base + (at >> 2), value)
  }
}
