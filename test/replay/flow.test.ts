/** What a replay tells on its way, and how much of a log it has in memory. */
import { describe, expect, it } from 'vitest'
import type { SessionHost } from '../../src/replay/replay.ts'
import type { ReplayProgress } from '../../src/replay/replay-options.ts'
import type { SessionReply, SessionRequest } from '../../src/replay/session-protocol.ts'
import { LogHarness } from '../support/log-harness.ts'
import { payload } from '../support/log-records.ts'
import { SimulatedDisk } from '../support/simulated-disk.ts'
import { localHost, reducerAt, replayDisk } from './replay-kit.ts'

const reducer = reducerAt('keyed')
const CHUNK_BYTES = 1 << 16
const RECORD_BYTES = 1000

/** 4 MB in segments of 1 MiB. */
function longLog(): SimulatedDisk {
  const disk = new SimulatedDisk({ recordCalls: false })
  const log = LogHarness.open(disk, { policy: 'never', segmentBytes: 1 << 20, ringBytes: 1 << 18 })
  for (let i = 0; i < 4000; i++) {
    log.appender.appendBytes(payload(RECORD_BYTES, i), { key: i })
    if (!log.producer.hasRoomFor(4 * RECORD_BYTES)) log.settle()
  }
  log.close()
  return disk
}

describe('progress', () => {
  it('rises to the whole, a chunk at a time', async () => {
    const told: ReplayProgress[] = []
    const onProgress = (progress: ReplayProgress): unknown => told.push(progress)
    const { report } = await replayDisk(longLog(), { reducer, workers: 3, chunkBytes: CHUNK_BYTES, onProgress })
    expect(told).toHaveLength(report.chunks)
    expect(report.chunks).toBeGreaterThan(50)
    const { bytes: bytesTotal, records } = report
    expect(told.at(-1)).toEqual({ bytesDone: bytesTotal, bytesTotal, records })
    for (const [i, { bytesDone, records }] of told.slice(1).entries()) {
      expect(bytesDone).toBeGreaterThan(told[i]!.bytesDone)
      expect(records).toBeGreaterThanOrEqual(told[i]!.records)
    }
  })

  it('whose handler throws ends the replay with what it threw', async () => {
    const mine = new Error('enough')
    const onProgress = (): never => {
      throw mine
    }
    await expect(replayDisk(longLog(), { reducer, workers: 2, onProgress })).rejects.toBe(mine)
  })
})

/** Counts buffers of frames that are on their way: handed to the calling thread, and not yet told to be applied. */
class BufferCount {
  checking = 0
  buffers = 0
  mostChecking = 0
  mostBuffers = 0

  watch(host: SessionHost): SessionHost {
    return (threads, use) =>
      host(threads, (open) =>
        use((init) => {
          const session = open(init)
          const asked = new Map<number, string>()
          const post = session.port.postMessage.bind(session.port)
          session.port.postMessage = (request: SessionRequest, transfer?: never) => {
            if (request.kind !== 'stop') asked.set(request.id, request.kind)
            if (request.kind === 'check') this.checking++
            this.note()
            post(request, transfer!)
          }
          session.port.on('message', (reply: SessionReply) => {
            const kind = asked.get(reply.id)
            if (kind === 'check') this.checking--
            if (kind === 'apply') this.buffers--
            if ('ok' in reply && 'frames' in reply.ok) this.buffers += reply.ok.frames.length
            this.note()
          })
          return session
        }),
      )
  }

  private note(): void {
    this.mostChecking = Math.max(this.mostChecking, this.checking)
    this.mostBuffers = Math.max(this.mostBuffers, this.buffers)
  }
}

describe('what is in memory at a time', () => {
  it.each([1, 2, 4])('is bounded by three chunks for each of %i threads', async (workers) => {
    const disk = longLog()
    const count = new BufferCount()
    const options = { reducer, workers, chunkBytes: CHUNK_BYTES }
    const { report } = await replayDisk(disk, options, count.watch(localHost(disk)))
    expect(report.chunks).toBeGreaterThan(50)
    expect(count).toMatchObject({ checking: 0, buffers: 0 })
    expect(count.mostChecking).toBeLessThanOrEqual(3 * workers)
    expect(count.mostChecking).toBeGreaterThan(1)
    // A chunk's frames are in a buffer for each thread.
    expect(count.mostBuffers).toBeLessThanOrEqual(3 * workers * workers)
    expect(report.bytesInFlightMax).toBeGreaterThanOrEqual(CHUNK_BYTES)
    expect(report.bytesInFlightMax).toBeLessThan(3 * workers * (2 * CHUNK_BYTES + workers * (1 << 16)))
  })

  it('is less where few types are asked for', async () => {
    const disk = longLog()
    const { report } = await replayDisk(disk, { reducer: reducerAt('typed'), workers: 2, chunkBytes: CHUNK_BYTES })
    expect(report).toMatchObject({ records: 0, recordsRead: 4000, bytesInFlightMax: 0 })
  })
})
