/**
 * The writer thread of one log: recovers it, makes the ring, then takes steps until the log is closed or poisoned.
 * Once it runs it never returns to its event loop; everything it is told comes through shared memory.
 */
import { randomBytes } from 'node:crypto'
import { parentPort, workerData } from 'node:worker_threads'
import { errorToRecord } from '../src/errors.ts'
import { type Checker, CODEC_SETTING_BIGINT64, createChecker, createKernelMemory } from '../src/format/index.ts'
import { instantiateFrameKernel } from '../src/format/kernel/frame-kernel.ts'
import { RingConsumer, RingMemory } from '../src/ring/index.ts'
import { nodeFileSystem } from '../src/storage/node-file-system.ts'
import { systemClock } from '../src/wal/clock.ts'
import { LogControl } from '../src/wal/control.ts'
import { CONTROL_BYTES, RING_MARGIN_BYTES } from '../src/wal/control-layout.ts'
import { largestRecord } from '../src/wal/options.ts'
import type { WriterInit, WriterMessage } from '../src/wal/protocol.ts'
import { type Recovered, recoverLog } from '../src/wal/recovery.ts'
import { sharedSpares } from '../src/wal/spare-segments.ts'
import { LogWriter } from '../src/wal/writer.ts'
import { WriterRest } from '../src/wal/writer-rest.ts'

/** Bytes of the chunk through which recovery reads. */
const CHUNK_BYTES = 1 << 20

const init = workerData as WriterInit
const port = parentPort!
const checker = await createChecker()

try {
  const memory = createKernelMemory(CHUNK_BYTES)
  const ports = { fs: nodeFileSystem, clock: systemClock, checker, memory }
  // Loaded for a cut only: recovery makes it, once the copy stands there.
  if (init.cut !== undefined) (await import('../src/truncate/cut-copy.ts')).writeCutCopy(ports, init.dir, init.cut)
  const recovered = recoverLog(ports, init)
  run(start(recovered, checker))
} catch (error) {
  port.postMessage({ kind: 'failed', error: errorToRecord(error) } satisfies WriterMessage)
}
init.lifeline.close()

interface Running {
  readonly writer: LogWriter
  readonly rest: WriterRest
}

function start(recovered: Recovered, checker: Checker): Running {
  const { resume, useBigInt64, report, logId } = recovered
  const { nextLsn, nextSegment } = resume
  const ring = RingMemory.create({
    capacity: init.ringBytes,
    margin: RING_MARGIN_BYTES,
    userBytes: CONTROL_BYTES,
    firstSequence: nextLsn,
  })
  const control = new LogControl(ring)
  control.initialize(nextLsn - 1)
  const consumer = new RingConsumer(ring)
  const ports = {
    fs: nodeFileSystem,
    clock: systemClock,
    checker,
    consumer,
    control,
    spares: sharedSpares(control),
    kernel: instantiateFrameKernel(ring.memory),
    newSalt: () => randomBytes(8).readBigUInt64LE() || 1n,
  }
  const settings = {
    ...init,
    logId,
    epoch: recovered.epoch,
    payloadMax: largestRecord(init.ringBytes, init.segmentBytes),
    codecSettings: useBigInt64 ? CODEC_SETTING_BIGINT64 : 0,
  }
  const facts = { recovery: report, nextLsn, nextSegment, useBigInt64, logId }
  port.postMessage({ kind: 'open', memory: ring.memory, ...facts } satisfies WriterMessage)
  const writer = new LogWriter(ports, settings, resume)
  return { writer, rest: new WriterRest(ports, writer, init.policy) }
}

function run({ writer, rest }: Running): void {
  while (!writer.finished) {
    if (writer.step()) rest.end()
    else rest.take()
  }
}
