/**
 * A thread of the pool that replays: one session, from the start of a replay to its end.
 */
import type { MessagePort } from 'node:worker_threads'
import { createReadPorts } from '../src/read/log-view.ts'
import { runSession } from '../src/replay/session.ts'
import type { SessionInit } from '../src/replay/session-protocol.ts'
import { type PoolReply, poolReplyOf } from '../src/worker-pool.ts'

const ports = await createReadPorts()

export default function replaySession({
  port,
  init,
}: {
  port: MessagePort
  init: SessionInit
}): Promise<PoolReply<void>> {
  return poolReplyOf(runSession(port, init, ports))
}
