import type { PeerSample } from '../peers/run-peers.ts'
import type { Section } from './section.ts'
import type { Workshop } from './workshop.ts'

const SECONDS_PER_JOB = 2

/** Other stores and the log, each in turn at the same work. What is not installed is left out, and said to be. */
export async function peersSection(shop: Workshop): Promise<Section> {
  const { measurePeerJob, missingPeers, peerJobs, stopPeers, summarizePeers } = await loadPeers()
  for (const { what, reason } of missingPeers()) shop.skip(what, reason)
  shop.atStop(stopPeers)
  const samples: PeerSample[] = []
  const steps = peerJobs({ isQuick: shop.options.isQuick }).map((job) => ({
    what: `peers: ${job.peer}, ${job.work}`,
    seconds: SECONDS_PER_JOB,
    run: async () => void samples.push(await measurePeerJob(job, shop.root)),
  }))
  return { steps, figures: () => ({ peers: summarizePeers(samples) }) }
}

/** Only who asks for peers has their packages looked for. */
async function loadPeers(): Promise<
  typeof import('../peers/run-peers.ts') & typeof import('../peers/peer-process.ts')
> {
  return { ...(await import('../peers/run-peers.ts')), ...(await import('../peers/peer-process.ts')) }
}
