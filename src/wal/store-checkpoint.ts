import type { CheckpointReport } from './checkpoint-keeper.ts'
import { piecesOf, type Snapshot } from './checkpoint-options.ts'
import type { LogThreads } from './threads.ts'

/**
 * Has the steward write a checkpoint of what is durable already, piece by piece; what was begun and fails is dropped.
 * @throws as the steward does, and what the stream of the snapshot throws
 */
export async function storeCheckpoint(
  threads: LogThreads,
  lsn: number,
  label: string,
  keep: number,
  snapshot: Snapshot,
): Promise<CheckpointReport> {
  await threads.checkpoint({ do: 'begin', lsn, label })
  try {
    for await (const piece of piecesOf(snapshot)) await threads.checkpoint({ do: 'write', piece })
    return (await threads.checkpoint({ do: 'finish', keep }))!
  } catch (error) {
    await threads.checkpoint({ do: 'drop' }).catch(() => {})
    throw error
  }
}
