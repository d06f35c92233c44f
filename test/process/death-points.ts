import { join } from 'node:path'
import { checkLog, Violation } from './check-log.ts'
import { type Lives, pathsOf } from './lives.ts'
import { mostCalls, readCalls, straceCommand, type TracedCall } from './strace.ts'

/** Where a life meets its fate: as a thread is about to make a certain call for the `n`th time. */
export interface CallPoint {
  /** Index in `SETTINGS`. */
  readonly setting: number
  /** Whether it begins with a log that a crash has left. */
  readonly isCrashed: boolean
  readonly family: string
  readonly n: number
}

/** Calls of which the process makes many besides: only those on the log's files count. */
const BY_PATH = ['openat', 'close']
const BY_ITSELF = [
  ...['pwrite64', 'fdatasync', 'fsync', 'ftruncate', 'fallocate'],
  ...['link', 'rename', 'unlink', 'mkdir', 'chmod'],
]
/** Some calls come once more or less, as threads race. */
const MORE_CALLS = 1

/** Lets a kind of life end by itself, and counts its calls. */
export async function pointsOf(lives: Lives, setting: number, isCrashed: boolean): Promise<CallPoint[]> {
  const most = await lives.inDirectory(async (home) => {
    const output = join(home, 'calls')
    const [family, ...also] = [...BY_ITSELF, ...BY_PATH] as [string, ...string[]]
    await lives.live(home, setting, isCrashed, straceCommand({ family, also, output }))
    const isOnLog = ({ call, text }: TracedCall): boolean => !BY_PATH.includes(call) || text.includes(home)
    return mostCalls(readCalls(output).filter(isOnLog))
  })
  const points: CallPoint[] = []
  for (const [family, count] of most)
    for (let n = 1; n <= count + MORE_CALLS; n++) points.push({ setting, isCrashed, family, n })
  return points
}

/** The paths to which the calls of a point are confined, if they are. */
export function pathsAt({ family }: CallPoint, home: string): readonly string[] {
  return BY_PATH.includes(family) ? pathsOf(join(home, 'log')) : []
}

/** @returns whether there was a death at that point; if not, the life ended by itself before @throws Violation */
export function dieAt(lives: Lives, point: CallPoint): Promise<boolean> {
  return lives.inDirectory(async (home) => {
    const { setting, isCrashed, family, n } = point
    const output = join(home, 'calls')
    const by = straceCommand({ family, inject: `signal=SIGKILL:when=${n}`, output, paths: pathsAt(point, home) })
    const { victim, order, last } = await lives.live(home, setting, isCrashed, by)
    const { told } = victim
    const [refusal] = told.refusals
    if (refusal !== undefined) throw new Violation(`it was refused: ${JSON.stringify(refusal)}`)
    told.durable = Math.max(told.durable, last)
    await checkLog(order, told)
    return victim.wasKilled
  })
}
