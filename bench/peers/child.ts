/** The process that measures one peer: takes a job, sends back what came of it, ends by itself. */
import { inspect } from 'node:util'
import { peerNamed } from './all-peers.ts'
import { measurePeer, type PeerJob, type PeerTimes } from './measure-peer.ts'

export interface Order {
  readonly job: PeerJob
  readonly dir: string
}
export type Answer = { readonly times: PeerTimes } | { readonly failure: string }

process.once('message', (order: Order) => void answer(order))

async function answer(order: Order): Promise<void> {
  process.send!(await measure(order), () => process.disconnect())
}

async function measure({ job, dir }: Order): Promise<Answer> {
  try {
    return { times: await measurePeer(peerNamed(job.peer), job, dir) }
  } catch (error) {
    return { failure: inspect(error) }
  }
}
