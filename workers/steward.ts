/**
 * The steward thread of one log: makes the next segments ahead of need, and watches over the other threads. It alone
 * always comes back to its event loop, so it is the one that learns of a thread's death: a port closes with its thread.
 */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { errorToRecord, RingwalError } from '../src/errors.ts'
import { RingMemory } from '../src/ring/index.ts'
import { nodeFileSystem } from '../src/storage/node-file-system.ts'
import { LogControl, STATE_CLOSED } from '../src/wal/control.ts'
import type { StewardInit, StewardMessage, StewardOrder } from '../src/wal/protocol.ts'
import { SpareMaker } from '../src/wal/spare-segments.ts'

const init = workerData as StewardInit
const port = parentPort!

let control: LogControl | undefined
let spares: SpareMaker | undefined
let lifeline: MessagePort | undefined
let warned = false
let timer: NodeJS.Immediate | NodeJS.Timeout | undefined

port.on('message', (order: StewardOrder) => {
  if (order.kind === 'begin') begin(order)
  else if (order.kind === 'watch') watch(order.owner, order.port)
  else end()
})

function begin(order: Extract<StewardOrder, { kind: 'begin' }>): void {
  control = new LogControl(RingMemory.attach(order.memory))
  const { dir, segmentBytes, spareSegments } = init
  spares = new SpareMaker(nodeFileSystem, control, {
    dir,
    segmentBytes,
    ahead: spareSegments,
    first: order.nextSegment,
  })
  // It has come with this order: had it been here while this thread was starting, it could have closed with nobody listening.
  lifeline = order.lifeline
  lifeline.on('close', writerEnded)
  work()
}

/** One piece, then the event loop: a message or a closed port waits for a piece at most. */
function work(): void {
  const busy = spares!.step()
  if (spares!.failure !== undefined && !warned) warn(spares!.failure)
  timer = busy ? setImmediate(work) : setTimeout(work, IDLE_MS)
}

/** How often an idle steward looks whether the writer took a segment: a full one lasts longer than that. */
const IDLE_MS = 5

function warn(error: RingwalError): void {
  warned = true
  port.postMessage({ kind: 'warning', error: errorToRecord(error) } satisfies StewardMessage)
}

function watch(owner: number, lease: MessagePort): void {
  lease.on('close', () => control?.ring.revokeOwner(owner))
  lease.start()
  lease.unref()
}

/** The writer closes its end when it is done; if the log is neither closed nor poisoned then, the thread died. */
function writerEnded(): void {
  if (control === undefined || control.state === STATE_CLOSED) return
  const message = `the writer thread died; records above LSN ${control.durable} are not known durable; reopen the log`
  control.poison(errorToRecord(new RingwalError('ERR_RINGWAL_WRITER_DIED', message, { durableLsn: control.durable })))
}

/** Comes after the writer's end, but perhaps before the news of it. */
function end(): void {
  writerEnded()
  clearImmediate(timer as NodeJS.Immediate)
  clearTimeout(timer as NodeJS.Timeout)
  try {
    if (control?.state === STATE_CLOSED) spares?.clear()
  } catch (error) {
    warn(error instanceof RingwalError ? error : new RingwalError('ERR_RINGWAL_INTERNAL', String(error), {}, error))
  }
  port.postMessage({ kind: 'ended' } satisfies StewardMessage)
  lifeline?.close()
  port.close()
}
