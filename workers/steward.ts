/**
 * The steward thread of one log: makes the next segments ahead of need, retires old ones, and watches over the other
 * threads. It alone always comes back to its event loop, so it is the one that learns of a thread's death: a port closes
 * with its thread.
 */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { errorFromRecord, errorToRecord, RingwalError } from '../src/errors.ts'
import { createChecker, createDigests } from '../src/format/index.ts'
import { RingMemory } from '../src/ring/index.ts'
import { nodeFileSystem } from '../src/storage/node-file-system.ts'
import { CheckpointKeeper, type CheckpointStep, removeUnfinished } from '../src/wal/checkpoint-keeper.ts'
import { Chores } from '../src/wal/chores.ts'
import { systemClock } from '../src/wal/clock.ts'
import { LogControl } from '../src/wal/control.ts'
import { STATE_CLOSED } from '../src/wal/control-layout.ts'
import type { StewardInit, StewardMessage, StewardOrder } from '../src/wal/protocol.ts'
import { RecycledFiles } from '../src/wal/recycled-files.ts'
import { SegmentRetirer } from '../src/wal/segment-retirer.ts'
import { SpareMaker } from '../src/wal/spare-maker.ts'

const init = workerData as StewardInit
const port = parentPort!

let control: LogControl | undefined
let spares: SpareMaker | undefined
/** Made when it is first asked for, as what it checks headers with takes a while to load. */
let retirer: () => Promise<SegmentRetirer>
let keeper: () => Promise<CheckpointKeeper>
const chores = new Chores()
let lifeline: MessagePort | undefined
/** Failures that were told: each kind once. */
const told = { spares: false, recycling: false }
let timer: NodeJS.Immediate | NodeJS.Timeout | undefined

port.on('message', (order: StewardOrder) => {
  if (order.kind === 'begin') begin(order)
  else if (order.kind === 'watch') watch(order.owner, order.port)
  else if (order.kind === 'truncate') truncate(order.id, order.lsn)
  else if (order.kind === 'checkpoint') checkpoint(order.id, order.step)
  else end()
})

function begin(order: Extract<StewardOrder, { kind: 'begin' }>): void {
  const ring = RingMemory.attach(order.memory)
  const log = new LogControl(ring)
  control = log
  const fs = nodeFileSystem
  const { dir, segmentBytes, spareSegments } = init
  const first = order.nextSegment
  const recycled = new RecycledFiles(fs, { dir, segmentBytes, max: spareSegments, onWarning: recyclingFailed })
  spares = new SpareMaker(fs, log, recycled, { dir, segmentBytes, ahead: spareSegments, first })
  const directory = { path: dir, identity: fs.statPath(dir)?.identity ?? '' }
  let made: Promise<SegmentRetirer> | undefined
  retirer = () => {
    made ??= createChecker().then((checker) => {
      return new SegmentRetirer({ fs, checker, control: log, recycled }, { directory, first })
    })
    return made
  }
  let kept: Promise<CheckpointKeeper> | undefined
  keeper = () => {
    kept ??= Promise.all([createChecker(), createDigests()]).then(([checker, newDigest]) => {
      return new CheckpointKeeper({ fs, checker, newDigest, control: log, clock: systemClock }, dir, order.logId)
    })
    return kept
  }
  chores.add(ring.touchPages(), () => {}, warn)
  chores.add(recycled.removeLeftovers(), () => {}, recyclingFailed)
  chores.add(removeUnfinished(fs, dir), () => {}, warn)
  // It has come with this order: had it been here while this thread was starting, it could have closed with nobody listening.
  lifeline = order.lifeline
  lifeline.on('close', writerEnded)
  work()
}

/** One piece of each, then the event loop: the writer, a message or a closed port waits for a piece at most. */
function work(): void {
  const isMaking = spares!.step()
  const { failure } = spares!
  if (failure !== undefined && !told.spares) {
    told.spares = true
    warn(failure)
  }
  timer = chores.step() || isMaking ? setImmediate(work) : setTimeout(work, IDLE_MS)
}

/** How often an idle steward looks whether the writer took a segment: a full one lasts longer than that. */
const IDLE_MS = 5

function warn(error: unknown): void {
  say({ kind: 'warning', error: errorToRecord(error) })
}

function say(message: StewardMessage): void {
  port.postMessage(message)
}

/** It costs no more than a file that is made anew. */
function recyclingFailed(error: unknown): void {
  if (told.recycling) return
  told.recycling = true
  const { code, message, facts } = errorToRecord(error)
  warn(errorFromRecord({ code, message: `looking after the files of retired segments: ${message}`, facts }))
}

function truncate(id: number, lsn: number): void {
  retirer().then((retirer) => chores.add(retirer.truncateBefore(lsn), answer(id), refuse(id)), refuse(id))
}

function checkpoint(id: number, step: CheckpointStep): void {
  keeper().then((keeper) => chores.add(keeper.take(step), answer(id), refuse(id)), refuse(id))
}

function answer(id: number): (answer: Extract<StewardMessage, { kind: 'answered' }>['answer']) => void {
  return (answer) => say({ kind: 'answered', id, answer })
}

function refuse(id: number): (error: unknown) => void {
  return (error) => say({ kind: 'refused', id, error: errorToRecord(error) })
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
  // What is still to be retired is refused, as the log is open no more.
  while (chores.step());
  try {
    if (control?.state === STATE_CLOSED) spares?.clear()
  } catch (error) {
    warn(error)
  }
  say({ kind: 'ended' })
  lifeline?.close()
  port.close()
}
