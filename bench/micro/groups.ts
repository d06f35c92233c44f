import { checksumTasks } from './checksum.ts'
import { orderDecodeTasks, orderEncodeTasks } from './order-codec.ts'
import { readTasks } from './read-steps.ts'
import { ringTasks } from './ring-append.ts'
import { frameTasks } from './seal.ts'
import type { MicroTask } from './task.ts'

export type MicroGroup =
  | 'encode the order'
  | 'decode the order'
  | 'append into a ring'
  | 'seal a batch, per record'
  | 'XXH64'
  | 'read a log, per record'

/** What a group needs a directory for, it makes there. Each group has a process of its own. */
type MakeTasks = (dir: string) => readonly MicroTask[] | Promise<readonly MicroTask[]>

export const MICRO_GROUPS: Readonly<Record<MicroGroup, MakeTasks>> = {
  'encode the order': orderEncodeTasks,
  'decode the order': orderDecodeTasks,
  'append into a ring': ringTasks,
  'seal a batch, per record': frameTasks,
  XXH64: checksumTasks,
  'read a log, per record': readTasks,
}
