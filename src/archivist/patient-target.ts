import type { ArchiveTarget, StoredObject } from '../archive/archive-target.ts'
import { RingwalError } from '../errors.ts'
import type { Timers } from './timers.ts'

/**
 * A target with a bound on its patience: a call that makes no progress for a while is given up by ERR_RINGWAL_TIMEOUT. Only the
 * target's own time counts, and not what its pieces, or their reader, take.
 *
 * A call that was given up may go on in the target: when it asks for another piece it is refused, and stores nothing; if it had them
 * all, it may store its object late, whole, under a name that was free.
 */
export class PatientTarget implements ArchiveTarget {
  private readonly target: ArchiveTarget
  private readonly timeoutMs: number
  private readonly timers: Timers

  constructor(target: ArchiveTarget, timeoutMs: number, timers: Timers) {
    this.target = target
    this.timeoutMs = timeoutMs
    this.timers = timers
  }

  get name(): string {
    return this.target.name
  }

  async put(name: string, pieces: AsyncIterable<Uint8Array>): Promise<'stored' | 'taken'> {
    const patience = this.begin(name)
    const source = pieces[Symbol.asyncIterator]()
    try {
      return await patience.over(() => this.target.put(name, fed(source, patience)))
    } finally {
      patience.end()
      giveUp(source)
    }
  }

  async *get(name: string, bytesMax: number): AsyncGenerator<Uint8Array> {
    const patience = this.begin(name)
    const source = this.target.get(name, bytesMax)[Symbol.asyncIterator]()
    try {
      for (;;) {
        const { done, value } = await patience.over(() => source.next())
        if (done === true) return
        yield value
      }
    } finally {
      giveUp(source)
    }
  }

  list(): Promise<readonly StoredObject[]> {
    return this.begin('its list').over(() => this.target.list())
  }

  remove(name: string): Promise<void> {
    return this.begin(name).over(() => this.target.remove(name))
  }

  private begin(what: string): Patience {
    const { name, timeoutMs, timers } = this
    return new Patience(timers, timeoutMs, () => {
      const message = `${name} made no progress with ${what} for ${timeoutMs} ms`
      return new RingwalError('ERR_RINGWAL_TIMEOUT', message, { timeoutMs })
    })
  }
}

/** Not awaited: what hangs would hang here too. */
function giveUp(source: AsyncIterator<Uint8Array>): void {
  source.return?.(undefined).catch(() => {})
}

/** The pieces as the target gets them: while one is made, it is not the target that is slow. */
async function* fed(source: AsyncIterator<Uint8Array>, patience: Patience): AsyncGenerator<Uint8Array> {
  try {
    for (;;) {
      patience.rest()
      const { done, value } = await source.next()
      patience.refuseIfOver()
      patience.begin()
      if (done === true) return
      yield value
    }
  } finally {
    patience.begin()
  }
}

/** The patience with one call. */
class Patience {
  private readonly timers: Timers
  private readonly timeoutMs: number
  private readonly late: () => RingwalError
  private cancel: (() => void) | undefined
  private onLate: ((error: RingwalError) => void) | undefined
  private error: RingwalError | undefined

  constructor(timers: Timers, timeoutMs: number, late: () => RingwalError) {
    this.timers = timers
    this.timeoutMs = timeoutMs
    this.late = late
  }

  /** The result of a call; or why it was given up, whatever becomes of it. */
  async over<T>(call: () => Promise<T>): Promise<T> {
    const late = new Promise<never>((_, reject) => {
      this.onLate = reject
    })
    this.begin()
    try {
      return await Promise.race([call(), late])
    } finally {
      this.onLate = undefined
      this.rest()
    }
  }

  /** The target's turn, for as long as it may take at most. */
  begin(): void {
    this.rest()
    if (this.onLate === undefined) return
    this.cancel = this.timers.after(this.timeoutMs, () => {
      this.error = this.late()
      this.onLate?.(this.error)
    })
  }

  /** The other side's turn. */
  rest(): void {
    this.cancel?.()
    this.cancel = undefined
  }

  /** Nobody waits any more: who still asks for pieces must not take their end for the object's. */
  end(): void {
    this.error ??= new RingwalError('ERR_RINGWAL_ABORTED', 'the upload was given up', {})
  }

  /** @throws ERR_RINGWAL_TIMEOUT; ERR_RINGWAL_ABORTED */
  refuseIfOver(): void {
    if (this.error !== undefined) throw this.error
  }
}
