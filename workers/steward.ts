/**
 * The steward thread of one log: makes the next segments ahead of need, retires old ones, and watches over the other
 * threads. It alone always comes back to its event loop, so it is the one that learns of a thread's death: a port closes
 * with its thread.
 */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { errorFromRecord, errorToRecord, RingwalError } from '../src/errors.ts'
import { removeUnfinishedPositions } from '../src/retention/position-files.ts'
import { removeRetiringMarks } from '../src/retention/retiring-mark.ts'
import { RingMemory } from '../src/ring/index.ts'
import { nodeFileSystem } from '../src/storage/node-file-system.ts'
import { removeUnfinished } from '../src/wal/checkpoint-keeper.ts'
import { Chores, type Pieces } from '../src/wal/chores.ts'
import { systemClock } from '../src/wal/clock.ts'
import { LogControl } from '../src/wal/control.ts'
import { STATE_CLOSED, STATE_OPEN } from '../src/wal/control-layout.ts'
import type { StewardAnswer, StewardInit, StewardMessage, StewardOrder } from '../src/wal/protocol.ts'
import { RecycledFiles } from '../src/wal/recycled-files.ts'
import type { RetentionHeld } from '../src/wal/retention-held.ts'
import type { RetentionKeeper } from '../src/wal/retention-keeper.ts'
import { retireUnneeded } from '../src/wal/retire-unneeded.ts'
import type { TruncateReport } from '../src/wal/segment-retirer.ts'
import { SpareMaker } from '../src/wal/spare-maker.ts'
import { openOffice, type StewardOffice } from '../src/wal/steward-office.ts'

const init = workerData as StewardInit
const port = parentPort!

let control: LogControl | undefined
let spares: SpareMaker | undefined
/** Opened when it is first asked for, as that takes a while. */
let office: () => Promise<StewardOffice>
let retention: RetentionKeeper | undefined
const chores = new Chores()
let lifeline: MessagePort | undefined
/** Failures that were told: each kind once. */
const told = { spares: false, recycling: false, retention: new Set<string>() }
/** An order that is answered. */
type Asked = Extract<StewardOrder, { readonly id: number }>
let timer: NodeJS.Immediate | NodeJS.Timeout | undefined

port.on('message', (order: StewardOrder) => {
  if (order.kind === 'begin') begin(order)
  else if (order.kind === 'watch') watch(order.owner, order.port)
  else if (order.kind === 'end') end()
  else void office().then((office) => take(order, office), refuse(order.id))
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
  const ports = { fs, clock: systemClock, control: log, recycled, spares }
  let opened: Promise<StewardOffice> | undefined
  office = () => {
    opened ??= openOffice(ports, { ...init, logId: order.logId, directory, first }, TOLD)
    return opened
  }
  chores.add(ring.touchPages(), () => {}, warn)
  chores.add(recycled.removeLeftovers(), () => {}, recyclingFailed)
  chores.add(removeUnfinished(fs, dir), () => {}, warn)
  chores.add(removeRetiringMarks(fs, dir), () => {}, warn)
  chores.add(removeUnfinishedPositions(fs, dir, systemClock.wallMs()), () => {}, warn)
  if (init.retention !== undefined)
    office().then((office) => {
      retention = office.retention
    }, warn)
  // It has come with this order: had it been here while this thread was starting, it could have closed with nobody listening.
  lifeline = order.lifeline
  lifeline.on('close', writerEnded)
  work()
}

/** One piece of each, then the event loop: the writer, a message or a closed port waits for a piece at most. */
function work(): void {
  if (retention?.isDue) chores.add(retention.sweep(), () => {}, retentionFailed)
  const mayMake = init.retention === undefined || retention?.allowsFiles === true
  const isMaking = mayMake && spares!.step()
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

const TOLD = {
  retired: (report: TruncateReport): void => say({ kind: 'retired', report }),
  held: (held: RetentionHeld | undefined): void => say({ kind: 'held', held: held ?? null }),
  warning: warn,
}

/** Nothing was lost: it is tried again. Each kind is told once. */
function retentionFailed(error: unknown): void {
  if (control?.state !== STATE_OPEN) return
  const { code, message, facts } = errorToRecord(error)
  if (told.retention.has(message)) return
  told.retention.add(message)
  warn(errorFromRecord({ code, message: `retention: ${message}`, facts }))
}

function take(order: Asked, { checkpoints, retiring, positions }: StewardOffice): void {
  const { kind, id } = order
  const pieces: Pieces<StewardAnswer> =
    kind === 'truncate'
      ? retireUnneeded(retiring, order.lsn)
      : kind === 'checkpoint'
        ? checkpoints.take(order.step)
        : positions.change(order.change)
  chores.add(
    pieces,
    (answer) => {
      say({ kind: 'answered', id, answer })
      // What was kept so far may go now.
      if (kind === 'position' || (kind === 'checkpoint' && order.step.do === 'finish')) retention?.hurry()
    },
    refuse(id),
  )
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
