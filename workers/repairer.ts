/**
 * A thread of the pool that repairs: writes one segment of the repaired log at a time.
 */

import { copySegment } from '../src/repair/copy-segment.ts'
import type { CopyResult, CopyTask } from '../src/repair/copy-task.ts'
import { createCopyPorts } from '../src/repair/repair-ports.ts'
import { type PoolReply, poolReply } from '../src/worker-pool.ts'

const ports = await createCopyPorts()

export default function repairSegment(task: CopyTask): PoolReply<CopyResult> {
  return poolReply(() => copySegment(ports, task))
}
