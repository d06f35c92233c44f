import type { SyncPolicy } from '../../src/index.ts'

/** How an engine runs, checked. */
export interface EngineOptions {
  /** A loopback address. */
  readonly host: string
  /** 0: any free one. */
  readonly port: number
  readonly policy: SyncPolicy
  /** Under `interval`. */
  readonly everyMs?: number
  readonly segmentBytes?: number
  /** Threads for the replay. */
  readonly workers?: number
}
