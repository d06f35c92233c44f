/** The trading engine's order logs. README.md in the folder above tells of the format. */
import { optionError } from '../../errors.ts'
import { nodeFileSystem } from '../../storage/node-file-system.ts'
import { type ForeignOptions, planForeign } from '../foreign-options.ts'
import type { OrderEntry } from './order-entry.ts'
import { OrderReplay, type OrderReplayResult } from './order-replay.ts'

export { OrderEntry } from './order-entry.ts'
export type {
  CancelEvent,
  CheckpointEvent,
  CheckpointOrder,
  FillEvent,
  NewEvent,
  OrderEvent,
  OrderSide,
  SilentEvent,
  UpdateEvent,
} from './order-events.ts'
export { orderBinaryJson } from './order-json.ts'
export type { OrderReplayResult } from './order-replay.ts'
export type { OrderResult } from './order-state.ts'

export interface OrderBinaryOptions extends ForeignOptions {
  /** Which log of a directory: what its file names begin with. By default `orders` or, if there is none, the only one there is. */
  readonly prefix?: string
}

/**
 * Reads the entries of an order log that its replay takes in: of a directory, or of one file.
 * @throws ERR_RINGWAL_OPTION, ERR_RINGWAL_NOT_FOUND and ERR_RINGWAL_INPUT (several logs, and none is named) at once; when
 *   iterated, ERR_RINGWAL_DAMAGED (by default, at the first damage), ERR_RINGWAL_IO, ERR_RINGWAL_TAMPERED
 */
export function readOrderBinary(path: string, options: OrderBinaryOptions = {}): AsyncIterableIterator<OrderEntry> {
  return open(path, options, 'stop').entries()
}

/**
 * Replays an order log as the original did.
 * @throws as `readOrderBinary`, but that damage is told of in the result unless `onDamage` says otherwise
 */
export async function replayOrderBinary(path: string, options: OrderBinaryOptions = {}): Promise<OrderReplayResult> {
  return open(path, options, 'skip').run()
}

function open(path: string, options: OrderBinaryOptions, onDamageDefault: 'stop' | 'skip'): OrderReplay {
  const plan = planForeign(path, options, onDamageDefault, ['prefix'])
  const { prefix } = options
  if (prefix !== undefined && (typeof prefix !== 'string' || /[/\0]/.test(prefix))) {
    throw optionError('prefix', prefix, 'the front of a file name')
  }
  return new OrderReplay(nodeFileSystem, path, plan, prefix)
}
