import type { MessagePort } from 'node:worker_threads'
import type { ArchiveEvent } from '../archivist/archive-events.ts'
import type { ResolvedArchive } from '../archivist/archivist-options.ts'
import type { ErrorRecord } from '../errors.ts'
import type { ResolvedRetention } from '../retention/retention-options.ts'
import type { Cut } from '../truncate/cut-copy.ts'
import type { SharedMemory } from '../wasm.ts'
import type { AppenderSettings } from './appender.ts'
import type { CheckpointReport, CheckpointStep } from './checkpoint-keeper.ts'
import type { PositionChange } from './position-keeper.ts'
import type { OpenMode, RecoverMode, RecoveryReport } from './recovery-report.ts'
import type { RetentionHeld } from './retention-held.ts'
import type { TruncateReport } from './segment-retirer.ts'
import type { SyncPolicy } from './sync-plan.ts'

/** What the writer thread is started with. */
export interface WriterInit {
  readonly dir: string
  readonly policy: SyncPolicy
  readonly everyMs: number
  readonly segmentBytes: number
  readonly ringBytes: number
  readonly recover: RecoverMode
  readonly verifyBytes: number | undefined
  readonly useBigInt64: boolean | undefined
  /** Where the log is to be cut before it goes on; undefined if it is not. */
  readonly cut: Cut | undefined
  /** Its other end goes to the steward: it closes when the writer thread dies. */
  readonly lifeline: MessagePort
}

/** What the writer thread says to the thread that opened the log. */
export type WriterMessage =
  | { readonly kind: 'failed'; readonly error: ErrorRecord }
  | {
      readonly kind: 'open'
      readonly memory: SharedMemory
      readonly recovery: RecoveryReport
      readonly nextLsn: number
      readonly nextSegment: number
      readonly useBigInt64: boolean
      readonly logId: string
    }

/** What a thread that only looks at a log is started with. */
export interface ExaminerInit {
  readonly dir: string
  readonly recover: OpenMode
  readonly verifyBytes: number | undefined
  readonly useBigInt64: boolean | undefined
}

/** All that it says. */
export type ExaminerMessage =
  | { readonly kind: 'failed'; readonly error: ErrorRecord }
  | { readonly kind: 'examined'; readonly report: RecoveryReport }

/** What the steward thread is started with. */
export interface StewardInit {
  readonly dir: string
  readonly segmentBytes: number
  readonly spareSegments: number
  readonly retention: ResolvedRetention | undefined
}

/** What the steward is told. */
export type StewardOrder =
  | {
      readonly kind: 'begin'
      readonly memory: SharedMemory
      readonly nextSegment: number
      readonly logId: string
      /** Its other end is the writer's: it closes when that thread ends, however it ends. */
      readonly lifeline: MessagePort
    }
  /** Watch over a producer: its port closes when its thread ends. */
  | { readonly kind: 'watch'; readonly owner: number; readonly port: MessagePort }
  /** Retire what is below `lsn`; answered, with the same id, by a `TruncateReport`. */
  | { readonly kind: 'truncate'; readonly id: number; readonly lsn: number }
  /** Answered, with the same id, by a `CheckpointReport` if the step is the last. */
  | { readonly kind: 'checkpoint'; readonly id: number; readonly step: CheckpointStep }
  /** Answered, with the same id, by whether there was a position. */
  | { readonly kind: 'position'; readonly id: number; readonly change: PositionChange }
  | { readonly kind: 'end' }

export type StewardAnswer = TruncateReport | CheckpointReport | boolean | undefined

/** What the steward says to the thread that opened the log. */
export type StewardMessage =
  | { readonly kind: 'warning'; readonly error: ErrorRecord }
  | { readonly kind: 'answered'; readonly id: number; readonly answer: StewardAnswer }
  | { readonly kind: 'refused'; readonly id: number; readonly error: ErrorRecord }
  /** Retention retired segments by itself. */
  | { readonly kind: 'retired'; readonly report: TruncateReport }
  /** A limit of retention stays exceeded, for another reason than before; null: none does any more. */
  | { readonly kind: 'held'; readonly held: RetentionHeld | null }
  | { readonly kind: 'ended' }

/** What the archivist thread is started with, when the log is open. */
export interface ArchivistInit {
  readonly dir: string
  readonly archive: ResolvedArchive
  readonly memory: SharedMemory
}

/** What it is told: to end, with one more run that may take so long; 0 makes none. */
export interface ArchivistOrder {
  readonly kind: 'end'
  readonly limitMs: number
}

/** What it says to the thread that opened the log. */
export type ArchivistMessage = ArchiveEvent

/** What goes to another thread through the port that `wal.producer()` returns. */
export interface ProducerInvitation {
  readonly kind: 'ringwal-producer'
  readonly memory: SharedMemory
  readonly owner: number
  readonly settings: AppenderSettings
}
