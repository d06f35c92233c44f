import type { SyncPolicy } from '../../src/index.ts'

/** What a victim is told by IPC: then it opens the log and appends until it is killed. */
export interface VictimOrder {
  readonly dir: string
  readonly policy: SyncPolicy
  readonly everyMs: number
  readonly segmentBytes: number
  readonly spareSegments: number
  readonly ringBytes: number
  /** Of the content; with `life` and a producer's number it makes a workload. */
  readonly seed: number
  /** Number of this process in its log, from 1: the key of its records. */
  readonly life: number
}

/** What a producer thread beside the first is told. Its number, from 1, is the type of its records. */
export interface ProducerOrder {
  readonly producer: number
  readonly order: VictimOrder
}

/**
 * What a victim writes to descriptor 3, with one blocking write a line. A line without its last word was cut by death,
 * and says nothing:
 *
 *   open <last LSN> <ms that opening took>
 *   begin
 *   ack <producer> <records of this life that are durable> <LSN of the last of them>
 *   failed <JSON text>
 */
export const REPORT_PIPE = 3
export const LINE_END = '.'
