/** What the commands about a service's state work on: its events and tables, from a file or from a log. */
import { statSync } from 'node:fs'
import { RingwalError } from '../../src/errors.ts'
import type { EventStreamCheck } from '../../src/foreign/recovery-service/index.ts'
import { isoText, parseServiceTime } from '../../src/foreign/recovery-service/index.ts'
import type { Fault } from '../../src/trading/event-fields.ts'
import type { Row } from '../../src/trading/service-columns.ts'
import type { ServiceFacts } from '../../src/trading/service-event.ts'

/** All that was read. */
export interface ServiceSource {
  /** Those of the file; of a log, or of a file with events alone, those which the events make. Empty with `onEvent`. */
  readonly tables: ServiceTablesView
  /** All events, by their sequence numbers. */
  readonly stream: EventStreamCheck
  /** What is wrong with the input itself, for people: the first of it. */
  readonly faults: readonly string[]
}

export interface ServiceTablesView {
  readonly positions: readonly Row[]
  /** May be millions: gone through anew at each call. */
  readonly orders: () => Iterable<Row>
  readonly balances: readonly Row[]
}

export interface SourceRequest {
  /**
   * Gets each event that is one, by its sequence number, of a log by its LSN, and gives back what is wrong with it. Then only
   * events are asked for, and a file without any is refused.
   */
  readonly onEvent?: (event: ServiceFacts) => Fault | undefined
  /** Orders of trading events have their ids as an exchange knows them. By default, with what they are unique with in front. */
  readonly plainIds?: true
}

/** Faults that are told one by one. */
export const FAULTS_SHOWN = 10

/** Gathers faults: the first of them, and how many more there are. */
export class Faults {
  private readonly shown: string[] = []
  private count = 0

  add(fault: string): void {
    if (this.count++ < FAULTS_SHOWN) this.shown.push(fault)
  }

  list(): readonly string[] {
    const more = this.count - this.shown.length
    return more === 0 ? this.shown : [...this.shown, `… and ${more} more`]
  }
}

/**
 * Reads a JSON file of the service, or a log.
 * @throws ERR_RINGWAL_NOT_FOUND, ERR_RINGWAL_INPUT, ERR_RINGWAL_IO
 */
export async function readService(path: string, request: SourceRequest = {}): Promise<ServiceSource> {
  if (path === '-' || !isDirectory(path)) {
    const { readServiceFile } = await import('./json-source.ts')
    return readServiceFile(path, request)
  }
  const { readServiceLog } = await import('./log-source.ts')
  return readServiceLog(path, request)
}

function isDirectory(path: string): boolean {
  const stat = statSync(path, { throwIfNoEntry: false })
  if (stat !== undefined) return stat.isDirectory() || path.endsWith('.rwal')
  throw new RingwalError('ERR_RINGWAL_NOT_FOUND', `there is nothing at ${path}`, { path })
}

/**
 * Whether an event was written down at or before a time.
 * @param target nanoseconds since 1970
 * @param isCompatible compares texts, as the service did, which is wrong where they are not of one form
 */
export function isUpTo(createdAt: string | null, target: bigint | undefined, isCompatible: boolean): boolean {
  if (target === undefined) return true
  if (createdAt === null) return false
  const time = isCompatible ? undefined : parseServiceTime(createdAt)
  return time === undefined ? createdAt <= isoText(target) : time.ns <= target
}
