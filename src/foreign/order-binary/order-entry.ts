import type { ReplayEntry } from '../../replay/reducer.ts'
import type { ForeignText } from '../foreign-text.ts'
import { routingKeyOf } from '../routing-key.ts'
import type { OrderEvent } from './order-events.ts'
import type { FoundEntry } from './order-reader.ts'

const encoder = new TextEncoder()

/** One entry of an order log. */
export class OrderEntry implements ReplayEntry {
  /** As in the log; rising, with gaps where entries are lost. */
  readonly sequence: bigint
  readonly time: bigint
  readonly type: number
  readonly value: OrderEvent
  /** Where it stands: file name, and offset of its header. */
  readonly file: string
  readonly offset: number

  /** @param value the payload, decoded */
  constructor({ header, file, offset }: FoundEntry, value: OrderEvent) {
    this.sequence = header.sequence
    this.time = header.time
    this.type = header.type
    this.value = value
    this.file = file
    this.offset = offset
  }

  /** The sequence number. One beyond 2^53 − 1, which only damage makes, becomes that. */
  get lsn(): number {
    return Number(this.sequence < LSN_MAX ? this.sequence : LSN_MAX)
  }

  /** A hash of the client order id; 0 for entries that are about no single order. */
  get key(): number {
    return 'id' in this.value ? routingKeyOf(bytesOf(this.value.id)) : 0
  }
}

const LSN_MAX = BigInt(Number.MAX_SAFE_INTEGER)

function bytesOf(text: ForeignText): Uint8Array {
  return typeof text === 'string' ? encoder.encode(text) : text
}
