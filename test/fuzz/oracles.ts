/** What must hold of every input, whatever it is. */
import { ERROR_MEANINGS, RingwalError } from '../../src/errors.ts'
import { describeFailure } from '../../tools/support/failure.ts'

/** Something that must not happen. */
export class Finding extends Error {}

const MS_MAX = 2000
const BYTES_PER_MS_MAX = 102_400

/** Calls `use`; a refusal of ringwal's own is an answer. @returns undefined if it refused */
export function attempt<T>(what: string, bytes: number, refusals: Map<string, number>, use: () => T): T | undefined {
  const started = process.cpuUsage()
  try {
    return use()
  } catch (error) {
    noteRefusal(what, refusals, error)
    return undefined
  } finally {
    checkTime(what, bytes, started)
  }
}

/** The same for what takes its time elsewhere. */
export async function attemptLater<T>(
  what: string,
  bytes: number,
  refusals: Map<string, number>,
  use: () => Promise<T>,
): Promise<T | undefined> {
  const started = process.cpuUsage()
  try {
    return await use()
  } catch (error) {
    noteRefusal(what, refusals, error)
    return undefined
  } finally {
    checkTime(what, bytes, started)
  }
}

/** 2 s for each 100 KiB begun: of processors, not of the clock, as others may be at work beside this. */
function checkTime(what: string, bytes: number, started: NodeJS.CpuUsage): void {
  const { user, system } = process.cpuUsage(started)
  const ms = (user + system) / 1000
  const msMax = MS_MAX * Math.max(1, Math.ceil(bytes / BYTES_PER_MS_MAX))
  if (ms > msMax) throw new Finding(`${what} took ${ms.toFixed(0)} ms of processor time for ${bytes} bytes`)
}

function noteRefusal(what: string, refusals: Map<string, number>, error: unknown): void {
  if (error instanceof Finding) throw error
  const isKnown = error instanceof RingwalError && error.code in ERROR_MEANINGS
  if (!isKnown || error.code === 'ERR_RINGWAL_INTERNAL') {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
    throw new Finding(`${what} threw ${text}`, { cause: error })
  }
  checkLine(what, describeFailure(error))
  const key = `${what}: ${error.code}`
  refusals.set(key, (refusals.get(key) ?? 0) + 1)
}

/** Control characters, line ends among them, and the marks that turn the direction of writing. */
const UNPRINTABLE = /[\p{Cc}\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/u

/** A line of output, without its end. */
export function checkLine(what: string, line: string): void {
  const found = UNPRINTABLE.exec(line)
  if (found === null) return
  const code = found[0].codePointAt(0)!.toString(16).padStart(4, '0')
  throw new Finding(`${what} prints U+${code} as it is: ${JSON.stringify(line.slice(Math.max(0, found.index - 40)))}`)
}
