import { closeSync, openSync, writeSync } from 'node:fs'
import { frameBytes } from '../../src/format/index.ts'
import { Wal } from '../../src/index.ts'
import { keyOf, ORDER_EVENT } from '../../src/trading/index.ts'
import { orderEvents } from '../replay-events.ts'
import { settle } from './disk-files.ts'
import type { LogJob } from './job.ts'
import { loadOf } from './load.ts'
import { closeAndCount } from './quiet-log.ts'

/** A log to be read and opened, of about so many bytes, in segments as they are by default. */
export interface MakeLogJob extends LogJob {
  readonly kind: 'make-log'
  readonly bytes: number
}

/** A log of order events to be replayed, and perhaps the same events as JSON Lines. */
export interface MakeEventsJob {
  readonly kind: 'make-events'
  readonly dir: string
  /** A multiple of EVENTS_STEP. */
  readonly events: number
  readonly jsonl?: string
}

export interface MadeLog {
  readonly records: number
}

/** Events come in rounds of so many. */
export const EVENTS_STEP = 2000
const LINES_CHARACTERS = 1 << 20

export async function makeLog(job: MakeLogJob): Promise<MadeLog> {
  const { dir, policy, size, bytes } = job
  const records = Math.max(1, Math.floor(bytes / frameBytes(size)))
  const wal = await Wal.open({ dir, sync: { policy } })
  loadOf(job).appendMany(wal, records)
  await closeAndCount(wal, records)
  settle(dir)
  return { records }
}

export async function makeEvents({ dir, events, jsonl }: MakeEventsJob): Promise<MadeLog> {
  const wal = await Wal.open({ dir, useBigInt64: true })
  const lines = jsonl === undefined ? undefined : new LineFile(jsonl)
  for (const event of orderEvents(events)) {
    wal.append(event, { type: ORDER_EVENT, key: keyOf(event) })
    lines?.put(JSON.stringify(event, (_, value) => (typeof value === 'bigint' ? Number(value) : value)))
  }
  lines?.close()
  await closeAndCount(wal, events)
  settle(dir)
  return { records: events }
}

/** Lines gathered into large writes. */
class LineFile {
  private readonly fd: number
  private text = ''

  constructor(path: string) {
    this.fd = openSync(path, 'wx', 0o600)
  }

  put(line: string): void {
    this.text += `${line}\n`
    if (this.text.length >= LINES_CHARACTERS) this.write()
  }

  close(): void {
    this.write()
    closeSync(this.fd)
  }

  private write(): void {
    writeSync(this.fd, this.text)
    this.text = ''
  }
}
