/** The order gateway's logs: JSON lines, versions up to 4. README.md in the folder above tells how the original read them. */
export { describeWarning, type OrderJsonlWarning, type OrderJsonlWarningCode } from './line-warnings.ts'
export type { OrderJsonlReadOptions, OrderJsonlReplayOptions } from './options.ts'
export { ORDER_JSONL_TYPES, type OrderJsonlEvent } from './order-event.ts'
export { type OrderJsonlEntry, type OrderJsonlLine, readOrderJsonl } from './read.ts'
export { replayOrderJsonl } from './replay.ts'
export {
  type OrderJsonlOrder,
  type OrderJsonlPosition,
  type OrderJsonlProblem,
  type OrderJsonlResult,
  orderJsonlSummary,
} from './result.ts'
export { orderJsonlJson, orderJsonlJsonParts } from './result-json.ts'
export type { StreamRefusal } from './stream-check.ts'
