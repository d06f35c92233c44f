/** Rule R25: the writer's thread ends by itself, in the middle of a sync. */
import { syncBuiltinESMExports } from 'node:module'
import workerThreads, { type WorkerOptions } from 'node:worker_threads'
import { afterEach, expect, it } from 'vitest'
import { type RingwalError, Wal } from '../../src/index.ts'
import { temporaryDirectory } from '../storage/temporary-directory.ts'
import { checkLog } from './check-log.ts'
import type { WriterEnd } from './failing-writer.ts'
import { NumberedRecords } from './numbered-records.ts'

const SETTINGS = { segmentBytes: 1 << 16, seed: 5, bytesMax: 2000 }
const WRITER = new URL('./failing-writer.js', import.meta.url)
const { Worker } = workerThreads

function useWorker(worker: typeof Worker): void {
  workerThreads.Worker = worker
  syncBuiltinESMExports()
}

afterEach(() => useWorker(Worker))

/** Has the next log's writer end at its fdatasync of this number. */
function plant(how: WriterEnd, at: number): void {
  class FailingWorker extends Worker {
    constructor(file: string | URL, options: WorkerOptions = {}) {
      const isWriter = options.name === 'ringwal-writer'
      const workerData = { ...options.workerData, fails: { how, at } }
      const resourceLimits = { maxOldGenerationSizeMb: 40 }
      super(isWriter ? WRITER : file, isWriter ? { ...options, workerData, resourceLimits } : options)
    }
  }
  useWorker(FailingWorker)
}

/** Appends until that is refused. @returns the highest LSN acknowledged, and the refusals of all that was under way */
async function appendUntilRefused(wal: Wal): Promise<{ durable: number; refusals: unknown[] }> {
  const records = new NumberedRecords(SETTINGS.seed, SETTINGS.bytesMax)
  let durable = 0
  const waits: Promise<void>[] = []
  const deadline = performance.now() + 20_000
  try {
    while (performance.now() < deadline) {
      for (let n = 0; n < 5; n++) wal.appendBytesBatch(records.portionBehind(wal.lastLsn))
      const { lastLsn } = wal
      const note = (): void => {
        durable = Math.max(durable, lastLsn)
      }
      waits.push(wal.durable(lastLsn).then(note))
      if (waits.length % 3 === 0) await waits.at(-1)
    }
  } catch {
    // It is among the waits, or another append's.
  }
  const settled = await Promise.allSettled(waits)
  return { durable, refusals: settled.flatMap((wait) => (wait.status === 'rejected' ? [wait.reason] : [])) }
}

const CASES: readonly (readonly [WriterEnd, string])[] = [
  ['out of memory', 'ERR_RINGWAL_WRITER_DIED'],
  ['exit', 'ERR_RINGWAL_WRITER_DIED'],
  ['throw', 'ERR_RINGWAL_POISONED'],
]

it.for(CASES)('its writer ends by: %s. Every wait is rejected, nothing acknowledged is lost', async ([how, code]) => {
  for (const at of [1, 2, 7]) {
    plant(how, at)
    const dir = temporaryDirectory()
    const warnings: Error[] = []
    const wal = await Wal.open({
      dir,
      segmentBytes: SETTINGS.segmentBytes,
      ringBytes: 1 << 16,
      sync: { policy: 'always' },
      onWarning: (warning) => warnings.push(warning),
    })
    useWorker(Worker)
    const { durable, refusals } = await appendUntilRefused(wal)
    expect(refusals.length).toBeGreaterThan(0)
    for (const refusal of refusals) expect(refusal).toMatchObject({ code })
    expect(() => wal.append('x')).toThrow(expect.objectContaining({ code }))
    expect(await wal.close().catch((error: RingwalError) => error.code)).toBe(code)
    if (how === 'out of memory')
      expect(warnings).toContainEqual(expect.objectContaining({ code: 'ERR_WORKER_OUT_OF_MEMORY' }))
    await checkLog({ dir, ...SETTINGS }, { durable, cutting: 0, first: 0 })
  }
})
