/** What the threads of one replay can see of one another at any time: memory that outlives a thread. */
export class ThreadBoard {
  /** Post it to other threads to make boards of the same content there. */
  readonly memory: SharedArrayBuffer
  private readonly lsns: Float64Array
  private readonly flag: Int32Array

  private constructor(memory: SharedArrayBuffer) {
    this.memory = memory
    this.flag = new Int32Array(memory, 0, 1)
    this.lsns = new Float64Array(memory, 8)
  }

  static create(threads: number): ThreadBoard {
    return new ThreadBoard(new SharedArrayBuffer(8 + 8 * threads))
  }

  static attach(memory: SharedArrayBuffer): ThreadBoard {
    return new ThreadBoard(memory)
  }

  /** Asks all threads to leave what they are at. */
  abort(): void {
    Atomics.store(this.flag, 0, 1)
  }

  get isAborted(): boolean {
    return Atomics.load(this.flag, 0) !== 0
  }

  /** Notes the record that a thread is about to apply. Written once a record, so it costs no more than a store. */
  applies(thread: number, lsn: number): void {
    this.lsns[thread] = lsn
  }

  /** Notes that the thread is done with the last record it noted. */
  rests(thread: number): void {
    this.lsns[thread] = -Math.abs(this.lsns[thread]!)
  }

  /** The last record that a thread noted, 0 if none, and whether it was still at it. */
  placeOf(thread: number): { readonly lsn: number; readonly isApplying: boolean } {
    const lsn = this.lsns[thread]!
    return { lsn: Math.abs(lsn), isApplying: lsn > 0 }
  }
}
