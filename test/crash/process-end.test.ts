import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { readWal, Wal } from '../../src/index.ts'
import { temporaryDirectory } from '../storage/temporary-directory.ts'
import { type Ending, RECORDS } from './ending-process.ts'

const CHILD = fileURLToPath(new URL('./ending-process.js', import.meta.url))

interface End {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs a process that ends in this way; `signal` is sent once it says something. */
async function run(dir: string, ending: Ending, signal?: NodeJS.Signals): Promise<End> {
  const child = spawn(process.execPath, [CHILD, dir, ending], { stdio: ['ignore', 'pipe', 'pipe'] })
  let stdout = ''
  let stderr = ''
  child.stderr.on('data', (chunk) => {
    stderr += String(chunk)
  })
  child.stdout.on('data', (chunk) => {
    stdout += String(chunk)
    if (signal !== undefined) child.kill(signal)
  })
  const [code, by] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null]
  return { code, signal: by, stdout, stderr }
}

async function expectAll(dir: string): Promise<void> {
  const values: unknown[] = []
  for await (const entry of readWal(dir)) values.push(entry.value)
  expect(values).toEqual(Array.from({ length: RECORDS }, (_, i) => ({ record: i })))
  const wal = await Wal.open({ dir })
  expect(wal.recovery).toMatchObject({ clean: true, lastLsn: RECORDS, tornTail: null })
  await wal.close()
}

describe('a process that ends without closing its log', () => {
  it('by process.exit right after an append: the exit hook writes, syncs and seals', async () => {
    const dir = temporaryDirectory()
    expect(await run(dir, 'exit')).toMatchObject({ code: 3, stderr: '' })
    await expectAll(dir)
  })

  it('by an uncaught throw: likewise, and the throw is still told', async () => {
    const dir = temporaryDirectory()
    expect(await run(dir, 'throw')).toMatchObject({ code: 1, stderr: expect.stringContaining('uncaught by intent') })
    await expectAll(dir)
  })

  it('by having nothing left to do: an open log does not keep it alive', async () => {
    const dir = temporaryDirectory()
    expect(await run(dir, 'idle')).toMatchObject({ code: 0, stderr: '' })
    await expectAll(dir)
  })

  it('not before a promise of durability is settled: that keeps it alive', async () => {
    const dir = temporaryDirectory()
    expect(await run(dir, 'durable')).toMatchObject({ code: 0, stdout: 'durable', stderr: '' })
    await expectAll(dir)
  })

  it('by a signal of closeOnSignals: the log is closed first, and the signal still ends it', async () => {
    const dir = temporaryDirectory()
    expect(await run(dir, 'signal', 'SIGTERM')).toMatchObject({ code: null, signal: 'SIGTERM' })
    await expectAll(dir)
  })
})
