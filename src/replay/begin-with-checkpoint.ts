import { newestCheckpoint, type PassedOver } from '../checkpoint/newest-checkpoint.ts'
import { createDigests } from '../format/index.ts'
import type { ReadPorts } from '../read/log-view.ts'
import type { SegmentListing } from '../storage/segment-directory.ts'
import type { Reducer } from './reducer.ts'
import type { ReplayPlan } from './replay-options.ts'

/** What a replay begins with, and what it would rather have begun with. */
export interface Beginning {
  readonly plan: ReplayPlan
  readonly checkpoint: { readonly lsn: number; readonly name: string } | null
  readonly passedOver: readonly PassedOver[]
}

/** The plan, with the newest checkpoint that is of use as its snapshot, if there is one and it may be. */
export async function beginWithCheckpoint(
  ports: ReadPorts,
  path: string,
  plan: ReplayPlan,
  reducer: Reducer<unknown>,
  { segments }: SegmentListing,
): Promise<Beginning> {
  if (!plan.checkpoint || reducer.restore === undefined) return { plan, checkpoint: null, passedOver: [] }
  const wanted = { to: plan.read.to, label: reducer.label ?? '', logId: segments[0]?.header.logId }
  const { found, passedOver } = newestCheckpoint({ ...ports, newDigest: await createDigests() }, path, wanted)
  if (found === undefined) return { plan, checkpoint: null, passedOver }
  const { lsn, name, bytes } = found
  const begun = { ...plan, snapshot: { lsn, bytes }, read: { ...plan.read, from: lsn + 1 } }
  return { plan: begun, checkpoint: { lsn, name }, passedOver }
}
