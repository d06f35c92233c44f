/** A seeded bug is found within a few lives, made short, and replayed from what was written down. */
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { SegmentFile } from '../../src/wal/segment-file.ts'
import { SimulatedDisk } from '../support/simulated-disk.ts'
import { drawLife } from './decision.ts'
import type { LifeFailure } from './life.ts'
import { failureOf, type LifeCase, readCase, replayCase, writeCase } from './life-case.ts'
import { shrink } from './shrink.ts'

const SAMPLING = { whole: 8, torn: 2 }

async function firstFailure(lives: number): Promise<LifeFailure> {
  for (let seed = 1; seed <= lives; seed++) {
    const failure = await failureOf(drawLife(seed, 40), SAMPLING)
    if (failure !== undefined) return failure
  }
  throw new Error(`no life of ${lives} fails`)
}

async function shrunk(failure: LifeFailure): Promise<LifeCase> {
  return shrink(failure, { sampling: SAMPLING, deadline: performance.now() + 20_000 })
}

afterEach(() => {
  vi.restoreAllMocks()
})

describe('a life that breaks a promise', () => {
  it('of a log that never syncs its records is shrunk to an append and a step, and replays from a file', async () => {
    vi.spyOn(SegmentFile.prototype, 'sync').mockImplementation(() => {})
    const small = await shrunk(await firstFailure(10))
    expect(small.script.decisions.length).toBeLessThanOrEqual(3)
    expect(small.message).toMatch(/was durable; recovered up to/)
    expect(small.at?.answers).not.toContainEqual(expect.objectContaining({ at: expect.any(Number) }))
    const path = join(tmpdir(), `ringwal-case-${process.pid}.json`)
    writeCase(path, small)
    expect(await replayCase(readCase(path))).toMatchObject({ message: small.message, at: small.at })
    vi.restoreAllMocks()
    expect(await replayCase(small)).toBeUndefined()
  })

  it('of a directory that is never synced is shrunk likewise', async () => {
    vi.spyOn(SimulatedDisk.prototype, 'syncDirectory').mockImplementation(() => {})
    const { script } = await shrunk(await firstFailure(10))
    expect(script.decisions.length).toBeLessThanOrEqual(3)
  })
})
