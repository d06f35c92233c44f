import type { Room } from './room.ts'

/**
 * Encodes one record where `room` has it.
 * @returns the index behind it in `room.bytes`, with its routing key in `room.key`; -1 for what is left to the general
 *   codec: values that do not fit (which it then tells), a -0, an `any`, and what `room` has no room for. Then no room
 *   is taken.
 * @throws UNFIT, and RangeError, with room taken and nothing in it; what getters throw, before that
 */
export type Encode = (value: unknown, room: Room) => number
