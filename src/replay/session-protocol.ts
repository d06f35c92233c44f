/** What the calling thread and the threads of a replay say to one another. */
import type { ErrorRecord } from '../errors.ts'
import type { RecordFilter } from '../read/record-filter.ts'
import type { SegmentSurvey } from '../read/segment-survey.ts'
import type { StoredSegment } from '../storage/segment-directory.ts'
import type { ChunkTask } from '../verify/survey-plan.ts'
import type { CheckedChunk } from './check-chunk.ts'
import type { Applied, FrameBatch, GivenState, ShardSettings } from './shard-states.ts'

/** What a thread is given to begin with. */
export interface SessionInit extends ShardSettings {
  /** URL of the reducer's module. */
  readonly reducer: string
  readonly filter: RecordFilter
  /** Memory of a ThreadBoard. */
  readonly board: SharedArrayBuffer
}

/** Questions, with the answer to each. A thread answers one after the other, in the order in which they come. */
export interface Questions {
  /** Walk over a part of a segment, and take out the frames that are asked for, up to a file offset. */
  check: [ask: { readonly task: ChunkTask; readonly end: number }, answer: CheckedChunk]
  /** Walk over a whole segment, to know where it ends. */
  survey: [ask: { readonly segment: StoredSegment }, answer: SegmentSurvey]
  /** Apply frames that are this thread's. */
  apply: [ask: FrameBatch, answer: Applied]
  /** Give a shard's state away. */
  give: [ask: { readonly shard: number }, answer: GivenState]
}

export type Question = keyof Questions
export type AskOf<Q extends Question> = Questions[Q][0]
export type AnswerOf<Q extends Question> = Questions[Q][1]

/** To a thread. `stop`: nothing follows. */
export type SessionRequest =
  | { [Q in Question]: { readonly kind: Q; readonly id: number; readonly ask: AskOf<Q> } }[Question]
  | { readonly kind: 'stop' }

/** From a thread, under the id of the question. */
export type SessionReply =
  | { readonly id: number; readonly ok: AnswerOf<Question> }
  | { readonly id: number; readonly error: ErrorRecord }
