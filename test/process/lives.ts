import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { segmentName } from '../../src/format/index.ts'
import { Violation } from './check-log.ts'
import { layCrashedLog } from './crashed-log.ts'
import type { LifeOrder } from './life.ts'
import { SETTINGS } from './scripts.ts'
import { VictimProcess } from './victim-process.ts'

/** A victim that has lived. */
export interface Lived {
  readonly victim: VictimProcess
  readonly order: LifeOrder
  /** Last LSN that was durable before it. */
  readonly last: number
}

const SEGMENTS_MAX = 40

/** Lives of victims, each in a directory of its own in `base`, which is gone after it unless it shows a violation. */
export class Lives {
  private readonly base: string
  private readonly seed: number
  /** Last LSNs of the logs that a crash has left, by setting. */
  private readonly crashed: Map<number, Promise<number>> = new Map()

  constructor(base: string, seed: number) {
    this.base = base
    this.seed = seed
  }

  /** @throws what `use` throws; a Violation names the directory, which stays */
  async inDirectory<T>(use: (home: string) => Promise<T>): Promise<T> {
    const home = mkdtempSync(join(this.base, 'life-'))
    try {
      const result = await use(home)
      rmSync(home, { recursive: true })
      return result
    } catch (error) {
      if (error instanceof Violation) throw new Violation(`${error.message}; the log is in ${home}`, { cause: error })
      throw error
    }
  }

  /**
   * One life in the directory `log` of `home`.
   * @param isCrashed whether it begins with a log that a crash has left
   * @param by command and arguments that run it
   */
  async live(home: string, setting: number, isCrashed: boolean, by: readonly string[]): Promise<Lived> {
    const order: LifeOrder = { ...SETTINGS[setting]!, dir: join(home, 'log'), seed: this.seed }
    const last = isCrashed ? await this.layCrashed(setting, order) : 0
    const victim = new VictimProcess({ by })
    victim.order(order)
    await victim.end()
    if (!victim.wasKilled && !victim.told.isDone)
      throw new Violation(`it ended with code ${victim.exitCode}: ${victim.stderr}`)
    return { victim, order, last }
  }

  /** One for each setting is enough. */
  private async layCrashed(setting: number, order: LifeOrder): Promise<number> {
    const dir = join(this.base, `crashed-${setting}`)
    const laid = this.crashed.get(setting) ?? layCrashedLog({ ...order, dir })
    this.crashed.set(setting, laid)
    const last = await laid
    cpSync(dir, order.dir, { recursive: true })
    return last
  }

  end(): void {
    for (const setting of this.crashed.keys()) rmSync(join(this.base, `crashed-${setting}`), { recursive: true })
  }
}

/** strace compares whole paths. Names with random parts are not among them: calls on those are tried by other families. */
export function pathsOf(dir: string): string[] {
  const numbers = Array.from({ length: SEGMENTS_MAX }, (_, i) => i + 1)
  const recycled = numbers.map((number) => `recycled-${String(number).padStart(20, '0')}.spare`)
  return [dir, ...[...numbers.map((number) => segmentName(number)), ...recycled, 'LOCK', 'LOCK.spare'].map(inDir)]

  function inDir(name: string): string {
    return join(dir, name)
  }
}
