/**
 * Events of logs on `node:diagnostics_channel`: for whoever watches a process and did not open its logs. They are told in the
 * thread that opened the log, at once and in order. Without a subscriber an event costs a load and a branch: its message is not
 * even made.
 */
import { type Channel, channel } from 'node:diagnostics_channel'
import type { RingwalError } from '../errors.ts'
import type { TruncateReport } from './segment-retirer.ts'

interface OfLog {
  /** The log's directory, absolute. */
  readonly dir: string
}

/** A log is open: to take records, to be read only, or for observation. */
export interface OpenMessage extends OfLog {
  readonly state: 'open' | 'read-only' | 'observing'
  readonly lastLsn: number
}

/** What opening, or resuming, found and did: right before `ringwal:open`. */
export interface RecoveredMessage extends OfLog {
  readonly mode: string
  readonly clean: boolean
  readonly firstLsn: number
  readonly lastLsn: number
  /** Damaged places. */
  readonly damaged: number
  readonly tornBytes: number
  readonly elapsedMs: number
}

/** The log takes nothing more: told once, when the thread that opened it learns of it. */
export interface PoisonedMessage extends OfLog {
  readonly error: RingwalError
}

/** The log's threads have ended, and its lock is given back; `error` is that with which `close` rejects. */
export interface ClosedMessage extends OfLog {
  readonly error: unknown
}

export interface CheckpointMessage extends OfLog {
  readonly lsn: number
  readonly label: string
  /** Of the snapshot. */
  readonly bytes: number
  /** Older ones that were removed. */
  readonly removed: number
}

/** Segments were retired. */
export interface RetiredMessage extends OfLog {
  readonly segments: number
  readonly bytes: number
  /** First LSN of the log now. */
  readonly firstLsn: number
}

/** A limit of retention is exceeded, and stays so because of what somebody needs: told at first, and when that is somebody else. */
export interface RetentionHeldMessage extends OfLog {
  readonly limit: 'maxBytes' | 'maxSegments' | 'maxAgeMs'
  /** Of all the files that the log has for segments. */
  readonly bytes: number
  readonly segments: number
  /** `hold`, `archive`, `position <name>` or `checkpoint <file>`. */
  readonly neededBy: string
  /** The first LSN that is needed; 0 if all is, as it can not be told. */
  readonly neededLsn: number
  /** Whether appends are refused meanwhile. */
  readonly refusing: boolean
}

/** A run of the archivist stored something. */
export interface ArchivedMessage extends OfLog {
  /** Last LSN of the archive now. */
  readonly lastLsn: number
  readonly backups: number
  readonly storedBytes: number
  readonly elapsedMs: number
}

/** A run of the archivist failed. What it owed is not forgotten, and local retention waits for it. */
export interface ArchiveFailedMessage extends OfLog {
  readonly error: RingwalError
  /** How many failed in a row. */
  readonly inRow: number
  /** Milliseconds until the next one; null if there will be none, as the log is being closed. */
  readonly retryMs: number | null
}

/** LSNs, both of them among those that are missing, were retired before they were archived. */
export interface ArchiveGapMessage extends OfLog {
  readonly from: number
  readonly to: number
}

/** What `onWarning` is told. */
export interface WarningMessage extends OfLog {
  readonly error: Error
}

export interface ChannelMessages {
  readonly 'ringwal:open': OpenMessage
  readonly 'ringwal:recovered': RecoveredMessage
  readonly 'ringwal:poisoned': PoisonedMessage
  readonly 'ringwal:closed': ClosedMessage
  readonly 'ringwal:checkpoint': CheckpointMessage
  readonly 'ringwal:retired': RetiredMessage
  readonly 'ringwal:retention-held': RetentionHeldMessage
  readonly 'ringwal:archived': ArchivedMessage
  readonly 'ringwal:archive-failed': ArchiveFailedMessage
  readonly 'ringwal:archive-gap': ArchiveGapMessage
  readonly 'ringwal:warning': WarningMessage
}

export type ChannelName = keyof ChannelMessages

/** Held for good: a channel that only its subscribers know may be collected, and with it that there are any. */
const CHANNELS: Readonly<Record<ChannelName, Channel>> = {
  'ringwal:open': channel('ringwal:open'),
  'ringwal:recovered': channel('ringwal:recovered'),
  'ringwal:poisoned': channel('ringwal:poisoned'),
  'ringwal:closed': channel('ringwal:closed'),
  'ringwal:checkpoint': channel('ringwal:checkpoint'),
  'ringwal:retired': channel('ringwal:retired'),
  'ringwal:retention-held': channel('ringwal:retention-held'),
  'ringwal:archived': channel('ringwal:archived'),
  'ringwal:archive-failed': channel('ringwal:archive-failed'),
  'ringwal:archive-gap': channel('ringwal:archive-gap'),
  'ringwal:warning': channel('ringwal:warning'),
}

export const CHANNEL_NAMES: readonly ChannelName[] = Object.keys(CHANNELS) as ChannelName[]

/**
 * Tells of an event, if anybody listens. What a subscriber throws is thrown by the process later, and not here.
 * @param message makes the message; not called if nobody listens
 */
export function publish<Name extends ChannelName>(name: Name, message: () => ChannelMessages[Name]): void {
  const one = CHANNELS[name]
  if (one.hasSubscribers) one.publish(message())
}

/** That segments were retired, if any were. */
export function publishRetired(dir: string, { segments, bytes, firstLsn }: TruncateReport): void {
  if (segments > 0) publish('ringwal:retired', () => ({ dir, segments, bytes, firstLsn }))
}
