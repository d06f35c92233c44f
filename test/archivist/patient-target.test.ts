/** A target that hangs is given up, and what comes of it later does no harm. */
import { describe, expect, it } from 'vitest'
import type { ArchiveTarget } from '../../src/archive/archive-target.ts'
import { PatientTarget } from '../../src/archivist/patient-target.ts'
import { rejection } from '../archive/archive-kit.ts'
import { ManualTimers, settled } from './manual-timers.ts'

const TIMEOUT_MS = 1000

/** A target whose calls end when they are told to, and what it got. */
class SlowTarget implements ArchiveTarget {
  readonly name: string = 'slow'
  readonly got: string[] = []
  /** How an upload ended. */
  end: unknown
  private readonly gates: (() => void)[] = []

  private gate(): Promise<void> {
    return new Promise((resolve) => this.gates.push(resolve))
  }

  /** Lets what waits first go on. */
  async open(): Promise<void> {
    this.gates.shift()?.()
    await settled()
  }

  async put(_name: string, pieces: AsyncIterable<Uint8Array>): Promise<'stored'> {
    try {
      for await (const piece of pieces) {
        this.got.push(Buffer.from(piece).toString())
        await this.gate()
      }
      await this.gate()
      this.end = 'stored'
      return 'stored'
    } catch (error) {
      this.end = error
      throw error
    }
  }

  async *get(): AsyncGenerator<Uint8Array> {
    await this.gate()
    yield Buffer.from('a')
    await this.gate()
    yield Buffer.from('b')
  }

  async list(): Promise<[]> {
    await this.gate()
    return []
  }

  remove(): Promise<void> {
    return this.gate()
  }
}

function setUp(): { timers: ManualTimers; slow: SlowTarget; target: PatientTarget } {
  const [timers, slow] = [new ManualTimers(), new SlowTarget()]
  return { timers, slow, target: new PatientTarget(slow, TIMEOUT_MS, timers) }
}

/** Pieces that take their time, and tell whether they were closed. */
async function* pieces(timers: ManualTimers, ms: number, closed: { is?: true } = {}): AsyncGenerator<Uint8Array> {
  try {
    for (const text of ['a', 'b']) {
      await new Promise<void>((resolve) => timers.after(ms, resolve))
      yield Buffer.from(text)
    }
  } finally {
    closed.is = true
  }
}

describe('an upload', () => {
  it('may take as long as it makes progress', async () => {
    const { timers, slow, target } = setUp()
    const stored = target.put('x', pieces(timers, 10))
    for (let step = 0; step < 3; step++) {
      // Behind the last piece nothing is to be made.
      await timers.advance(step < 2 ? 10 : 0)
      await timers.advance(TIMEOUT_MS - 1)
      await slow.open()
    }
    expect(await stored).toBe('stored')
    expect(slow.got).toEqual(['a', 'b'])
    expect(timers.pending).toBe(0)
  })

  it('is not given up because its pieces take long', async () => {
    const { timers, slow, target } = setUp()
    const stored = target.put('x', pieces(timers, 50 * TIMEOUT_MS))
    for (const got of [['a'], ['a', 'b']]) {
      await timers.advance(50 * TIMEOUT_MS)
      expect(slow.got).toEqual(got)
      await slow.open()
    }
    await slow.open()
    expect(await stored).toBe('stored')
  })

  it('that hangs is given up, its pieces are closed, and what wakes up later stores nothing', async () => {
    const { timers, slow, target } = setUp()
    const closed: { is?: true } = {}
    const error = rejection(target.put('x', pieces(timers, 0, closed)))
    await timers.advance(TIMEOUT_MS)
    expect(await error).toMatchObject({ code: 'ERR_RINGWAL_TIMEOUT', timeoutMs: TIMEOUT_MS })
    await settled()
    expect(closed.is).toBe(true)
    await slow.open()
    // Two pieces were to come: their end is not that of the object.
    expect(slow.got).toEqual(['a'])
    expect(slow.end).toMatchObject({ code: 'ERR_RINGWAL_TIMEOUT' })
  })

  it('that hangs behind its last piece is given up too', async () => {
    const { timers, slow, target } = setUp()
    const error = rejection(target.put('x', pieces(timers, 0)))
    for (let piece = 0; piece < 2; piece++) {
      await timers.advance(0)
      await slow.open()
    }
    await timers.advance(TIMEOUT_MS)
    expect(await error).toMatchObject({ code: 'ERR_RINGWAL_TIMEOUT' })
  })

  it('is told what its pieces throw', async () => {
    const { timers, slow, target } = setUp()
    const failing = async function* (): AsyncGenerator<Uint8Array> {
      yield Buffer.from('a')
      throw new Error('no such segment')
    }
    const error = rejection(target.put('x', failing()))
    await settled()
    await slow.open()
    expect(await error).toMatchObject({ message: 'no such segment' })
    expect(timers.pending).toBe(0)
  })

  it('that ended by itself gets no more pieces, nor their end', async () => {
    const timers = new ManualTimers()
    let kept: AsyncIterator<Uint8Array> | undefined
    const inner = Object.assign(new SlowTarget(), {
      put: async (_name: string, source: AsyncIterable<Uint8Array>) => {
        kept = source[Symbol.asyncIterator]()
        await kept.next()
        throw new Error('refused')
      },
    })
    const target = new PatientTarget(inner, TIMEOUT_MS, timers)
    const error = rejection(target.put('x', pieces(timers, 0)))
    await timers.advance(0)
    expect(await error).toMatchObject({ message: 'refused' })
    expect(await rejection(kept!.next())).toMatchObject({ code: 'ERR_RINGWAL_ABORTED' })
  })
})

describe('a download', () => {
  it('may take as long as it makes progress, and its reader as long as it likes', async () => {
    const { timers, slow, target } = setUp()
    const read: string[] = []
    const reading = (async () => {
      for await (const piece of target.get('x', 9)) {
        read.push(Buffer.from(piece).toString())
        await new Promise<void>((resolve) => timers.after(9 * TIMEOUT_MS, resolve))
      }
    })()
    await timers.advance(TIMEOUT_MS - 1)
    await slow.open()
    await timers.advance(9 * TIMEOUT_MS)
    await timers.advance(TIMEOUT_MS - 1)
    await slow.open()
    await timers.advance(9 * TIMEOUT_MS)
    await reading
    expect(read).toEqual(['a', 'b'])
    expect(timers.pending).toBe(0)
  })

  it('that hangs is given up', async () => {
    const { timers, slow, target } = setUp()
    const reading = rejection(target.get('x', 9).next())
    await timers.advance(TIMEOUT_MS)
    expect(await reading).toMatchObject({ code: 'ERR_RINGWAL_TIMEOUT' })
    await slow.open()
  })
})

it.each([
  ['a list', (target: ArchiveTarget): Promise<unknown> => target.list(), []],
  ['a removal', (target: ArchiveTarget): Promise<unknown> => target.remove('x'), undefined],
])('%s is waited for, and given up if it hangs', async (_, call, answer) => {
  const { timers, slow, target } = setUp()
  const answered = call(target)
  await slow.open()
  expect(await answered).toEqual(answer)
  const error = rejection(call(target))
  await timers.advance(TIMEOUT_MS)
  expect(await error).toMatchObject({ code: 'ERR_RINGWAL_TIMEOUT' })
  expect(timers.pending).toBe(0)
})

it('a patient target has the name of the one behind it', () => {
  expect(setUp().target.name).toBe('slow')
})
