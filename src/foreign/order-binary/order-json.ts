import type { OrderReplayResult } from './order-replay.ts'

/** Characters of a piece of text. */
const PIECE_CHARS = 1 << 16

/** A replay's result as one JSON object, in pieces: of many orders it is longer than a string can be. */
export function* orderBinaryJson(result: OrderReplayResult): Generator<string> {
  const { entries_replayed, bytes_replayed, corrupted_entries, current_sequence, count, pending, terminal } = result
  const counted = { entries_replayed, bytes_replayed, corrupted_entries, current_sequence, count, pending, terminal }
  let text = `${JSON.stringify(counted).slice(0, -1)},"orders":{`
  let comma = ''
  for (const id in result.orders) {
    text += `${comma}${JSON.stringify(id)}:${JSON.stringify(result.orders[id])}`
    comma = ','
    if (text.length < PIECE_CHARS) continue
    yield text
    text = ''
  }
  yield `${text}},"warnings":[`
  comma = ''
  text = ''
  for (const warning of result.warnings) {
    text += comma + JSON.stringify(warning)
    comma = ','
    if (text.length < PIECE_CHARS) continue
    yield text
    text = ''
  }
  yield `${text}]}`
}
