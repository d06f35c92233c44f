import { writeSync } from 'node:fs'
import type { SyncPolicy } from '../../src/index.ts'
import { LINE_END } from '../crash/crash-protocol.ts'

/** What one life of the engine is started with, as JSON on its command line. */
export interface EngineOrder {
  readonly dir: string
  /** Number of this life in its log, from 1. */
  readonly life: number
  readonly seed: number
  readonly policy: SyncPolicy
  readonly spareSegments: number
}

/** What the engine's second producer thread is started with, beside its port. */
export interface EngineProducerOrder {
  readonly life: number
  readonly producer: number
}

export const SEGMENT_BYTES: number = 1 << 20
/** Records that each of the two producers appends in a second. */
export const RECORDS_PER_S = 6000
/** Records that the engine keeps; now and then, as after a checkpoint, only half of them. */
export const KEPT_RECORDS = 120_000

/**
 * One line to the soak, with one blocking write, from any thread. A line without its last word was cut by death, and says
 * nothing. The engine's:
 *
 *   open <first LSN> <last LSN> <1 if it had a torn tail>
 *   ack <LSN> <producer> <counter>     the record is durable
 *   cut <first LSN>                    older segments are retired
 *   closed <last LSN>
 *
 * The readers': `at <LSN> <records> <LSNs that were retired before they were read> <readings begun>`. Anybody's:
 * `failed <JSON text>`.
 */
export function say(line: string): void {
  writeSync(1, `${line} ${LINE_END}\n`)
}

/** Nothing may fail in an engine or a reader. */
export function fail(error: unknown): never {
  say(
    `failed ${JSON.stringify(error instanceof Error ? (error.stack ?? error.message) : String(error)).slice(0, 2000)}`,
  )
  process.exit(1)
}
