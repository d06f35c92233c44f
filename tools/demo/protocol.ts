import type { SyncPolicy } from '../../src/index.ts'

/** What the engine process is started with: JSON, its only argument. */
export interface EngineInit {
  readonly dir: string
  readonly policy: SyncPolicy
  readonly seed: number
  /** File of events; without it they are generated from the seed. */
  readonly input?: string
  /** Whether to recover, close and end, instead of running until killed. */
  readonly isLast: boolean
}

/** What the engine says, one JSON text a line, on descriptor 3. */
export type EngineMessage =
  /** It has recovered, and begins to append. */
  | {
      readonly kind: 'recovered'
      readonly lsn: number
      readonly digest: string
      readonly orders: number
      /** Milliseconds: of `Wal.open` together, of the recovery in it, and of rebuilding the state from the log. */
      readonly openMs: number
      readonly recoveryMs: number
      readonly replayMs: number
      readonly tornBytes: number
    }
  /** It has been told that everything up to `durable` is durable; `appended` is the last LSN it has appended. */
  | { readonly kind: 'acknowledged'; readonly durable: number; readonly appended: number }
  | { readonly kind: 'appended'; readonly appended: number }

/** The descriptor on which the engine speaks. */
export const ENGINE_PIPE = 3

/** Under `interval`, how often the demo syncs: several times within a life. */
export const SYNC_EVERY_MS = 20
