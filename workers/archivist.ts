/**
 * The archivist thread of one log. Its work is none of the steward's chores: to archive a segment of 64 MiB in a directory took 0.7 s
 * on two cores, without a turn of the event loop, and the writer may fill such a one in a tenth of that, and wait for a spare.
 */
import { parentPort, workerData } from 'node:worker_threads'
import { archive, archiveOptions } from '../src/archive/archive-log.ts'
import { type ArchivePorts, createArchivePorts } from '../src/archive/archive-ports.ts'
import { openTarget } from '../src/archive/open-target.ts'
import { processMs } from '../src/archivist/archive-events.ts'
import { type ArchivedLog, Archivist } from '../src/archivist/archivist.ts'
import { PatientTarget } from '../src/archivist/patient-target.ts'
import type { Timers } from '../src/archivist/timers.ts'
import { listCheckpoints } from '../src/checkpoint/checkpoint-files.ts'
import { RingMemory } from '../src/ring/index.ts'
import { nodeFileSystem } from '../src/storage/node-file-system.ts'
import { LogControl } from '../src/wal/control.ts'
import type { ArchivistInit, ArchivistMessage, ArchivistOrder } from '../src/wal/protocol.ts'

const { dir, archive: settings, memory } = workerData as ArchivistInit
const port = parentPort!
const control = new LogControl(RingMemory.attach(memory))

const timers: Timers = {
  now: processMs,
  after(ms, call) {
    const timer = setTimeout(call, ms)
    return () => clearTimeout(timer)
  },
}

const log: ArchivedLog = {
  durable: () => control.durable,
  segments: () => control.counts.readCounts().segments,
  checkpoints: () => {
    return listCheckpoints(nodeFileSystem, dir)
      .map(({ name }) => name)
      .join()
  },
  noteArchived(lsn) {
    if (lsn > control.needs.archivedLsn) control.needs.archivedLsn = lsn
  },
}

/** Made with the first run that needs them, and once: a thread has room for a few such instances only. */
let means: Promise<{ ports: ArchivePorts; target: PatientTarget }> | undefined

async function makeMeans(): Promise<{ ports: ArchivePorts; target: PatientTarget }> {
  const target = await openTarget(settings.target, 'archive.target')
  return { ports: await createArchivePorts(), target: new PatientTarget(target, settings.timeoutMs, timers) }
}

const archivist = new Archivist(
  {
    log,
    timers,
    random: Math.random,
    archive: async (order) => {
      means ??= makeMeans()
      const { ports, target } = await means.catch((error: unknown) => {
        means = undefined
        throw error
      })
      return archive(ports, dir, target, archiveOptions({ ...order, compress: settings.compress }))
    },
    tell: (event) => port.postMessage(event satisfies ArchivistMessage),
  },
  settings,
)

archivist.begin()
port.on('message', ({ limitMs }: ArchivistOrder) => {
  // What a run that hangs has open would keep the thread alive.
  archivist.end(limitMs).then(() => process.exit())
})
