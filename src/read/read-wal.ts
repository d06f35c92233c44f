import type { Entry } from './entry.ts'
import { followLog } from './follow-log.ts'
import { createReadPorts, viewLog } from './log-view.ts'
import { readListing } from './read-log.ts'
import { planRead, type ReadOptions } from './read-options.ts'

/** Entries handed over before the event loop gets a turn. */
const TURN_ENTRIES = 4096

/**
 * Reads a log, or one segment file, in LSN order. Takes no lock and writes nothing: works on a read-only mount and beside
 * a live writer, and then sees what is written so far (with `follow`, what is durable).
 *
 * @param path a log's directory, or one of its segment files
 * @throws ERR_RINGWAL_OPTION at once; when iterated, ERR_RINGWAL_NOT_FOUND, ERR_RINGWAL_DAMAGED (under `onDamage: 'stop'`),
 *   ERR_RINGWAL_SEGMENTS, ERR_RINGWAL_FORMAT, ERR_RINGWAL_IO; ERR_RINGWAL_RETIRED if the log's writer retires records that
 *   come next, after the reading began: it then goes on from where the log begins now if it is begun anew
 */
export function readWal(path: string, options: ReadOptions = {}): AsyncIterableIterator<Entry> {
  const plan = planRead(options)
  return iterate(path, plan)
}

async function* iterate(path: string, plan: ReturnType<typeof planRead>): AsyncGenerator<Entry> {
  const ports = await createReadPorts()
  if (plan.follow) {
    yield* followLog(ports, path, plan)
    return
  }
  let handed = 0
  for (const entry of readListing(ports, viewLog(ports, path), plan)) {
    yield entry
    if (plan.signal?.aborted) return
    if (++handed % TURN_ENTRIES === 0) await new Promise((resolve) => setImmediate(resolve))
  }
}
