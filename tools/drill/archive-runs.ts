import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { RingwalError } from '../../src/errors.ts'

const RINGWAL = fileURLToPath(new URL('../ringwal.js', import.meta.url))

/** `ringwal backup` again and again, beside the engine, as a timer would run it; until the machine dies with both. */
export class ArchiveRuns {
  /** Runs that ended well. */
  runs = 0
  private readonly dir: string
  private readonly archive: string
  private readonly everyMs: number
  private readonly stop = new AbortController()
  private running: Promise<void> | undefined

  constructor(dir: string, archive: string, everyMs: number) {
    this.dir = dir
    this.archive = archive
    this.everyMs = everyMs
  }

  /** Resolves when it was ended. @throws ERR_RINGWAL_INTERNAL if a run fails */
  run(): Promise<void> {
    this.running ??= this.repeat()
    return this.running
  }

  /** Kills the run that is under way, in its midst, and waits until it is dead. */
  async kill(): Promise<void> {
    this.stop.abort()
    await this.running?.catch(() => {})
  }

  private async repeat(): Promise<void> {
    const { signal } = this.stop
    while (!signal.aborted) {
      await this.backUp()
      await setTimeout(this.everyMs, undefined, { signal }).catch(() => {})
    }
  }

  private async backUp(): Promise<void> {
    const args = [RINGWAL, 'backup', this.dir, '--archive', this.archive]
    const child: ChildProcess = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] })
    const kill = (): void => void child.kill('SIGKILL')
    this.stop.signal.addEventListener('abort', kill)
    const [code] = await once(child, 'close')
    this.stop.signal.removeEventListener('abort', kill)
    if (code === 0) this.runs++
    else if (!this.stop.signal.aborted)
      throw new RingwalError('ERR_RINGWAL_INTERNAL', `ringwal backup ended with exit code ${code} during the drill`)
  }
}
