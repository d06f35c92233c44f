/**
 * Events of logs on `node:diagnostics_channel`: for whoever watches a process and did not open its logs. They are told in the
 * thread that opened the log, at once and in order. Without a subscriber an event costs a load and a branch: its message is not
 * even made.
 */
import { type Channel, channel } from 'node:diagnostics_channel'
import type { RingwalError } from '../errors.ts'

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
