import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { describe, expect, it } from 'vitest'
import { type RingwalError, Wal } from '../../src/index.ts'
import { temporaryDirectory } from '../storage/temporary-directory.ts'

const LOCKED = expect.objectContaining({ code: 'ERR_RINGWAL_LOCKED' })
const OPENER = new URL('./opener.js', import.meta.url)

/** What a process that opens the log says: `open`, or the code of its refusal. */
async function openInProcess(dir: string): Promise<{ said: string; kill: () => Promise<void> }> {
  const child = spawn(process.execPath, [fileURLToPath(OPENER), dir], { stdio: ['ignore', 'pipe', 'inherit'] })
  const closed = once(child, 'close')
  const [said] = (await once(child.stdout, 'data')) as [Buffer]
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL')
    await closed
  }
  return { said: said.toString(), kill }
}

describe('a log that is open', () => {
  it('is refused to a second opener in the same process, in a worker and in another process', async () => {
    const dir = temporaryDirectory()
    const wal = await Wal.open({ dir })
    await expect(Wal.open({ dir })).rejects.toEqual(LOCKED)
    const worker = new Worker(OPENER, { argv: [dir], stdout: true })
    const [fromWorker] = (await once(worker.stdout, 'data')) as [Buffer]
    expect(fromWorker.toString()).toBe('ERR_RINGWAL_LOCKED')
    const other = await openInProcess(dir)
    await other.kill()
    expect(other.said).toBe('ERR_RINGWAL_LOCKED')
    await wal.appendDurable('still works')
    await wal.close()
    const again = await Wal.open({ dir })
    expect(again.recovery).toMatchObject({ clean: true, lastLsn: 1 })
    await again.close()
  })

  it('names the process that holds it', async () => {
    const dir = temporaryDirectory()
    const wal = await Wal.open({ dir })
    const error = await Wal.open({ dir }).catch((reason: RingwalError) => reason)
    expect((error as RingwalError).message).toContain(String(process.pid))
    await wal.close()
  })

  it('can be opened at once when its process was killed', async () => {
    const dir = temporaryDirectory()
    for (let round = 0; round < 3; round++) {
      const holder = await openInProcess(dir)
      expect(holder.said).toBe('open')
      await expect(Wal.open({ dir })).rejects.toEqual(LOCKED)
      await holder.kill()
      const wal = await Wal.open({ dir })
      await wal.close()
    }
  })
})
