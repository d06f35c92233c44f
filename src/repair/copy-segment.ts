import { FRAME_TYPE_AT, type FrameRun, KIND_RECORD, readLsn, type SegmentScanner } from '../format/index.ts'
import type { Damage } from '../read/damage.ts'
import {
  checkOfFrame,
  continuesBatch,
  frameAround,
  hasLsns,
  kindOfFrame,
  lastLsnOf,
  lookAhead,
  sizeOfFrame,
  takesLsn,
  timeOfRecord,
} from '../read/frame-walk.ts'
import { type ReadPorts, withFile } from '../read/log-view.ts'
import { scannerOf, walkSegment } from '../read/segment-walk.ts'
import { type TolerantSource, tolerantSource } from '../read/tolerant-source.ts'
import type { CopyResult, CopyTask } from './copy-task.ts'
import { CopyWriter, type LossCause } from './copy-writer.ts'
import { FrameCursor } from './frame-cursor.ts'
import { firstFrom, patchedSource } from './patched-source.ts'
import { type CreateDirect, FileOutput, NoOutput } from './segment-output.ts'

export interface CopyPorts extends ReadPorts {
  readonly createDirect?: CreateDirect
}

/** From here on a segment is worth writing past the page cache. */
const LARGE_BYTES = 1 << 23

/**
 * Writes one segment of a repaired log, all but its header page: the frames of a segment that verify and fit their place,
 * byte for byte, and tombstones where LSNs are missing between them.
 *
 * The frames keep the segment's salt and so the checks that the first writer computed. Sealing them anew would be simpler
 * (one salt for all), but then a byte that the repair itself garbled on its way, in a bad memory or through a bug, would
 * get a check that holds. As it is, nothing but its own tombstones, notes and end frames ever gets a check from a repair.
 *
 * Memory: the scanner's, and 1 MiB; for each further copy the same again. @throws ERR_RINGWAL_IO; ERR_RINGWAL_FORMAT
 */
export function copySegment(
  ports: CopyPorts,
  task: CopyTask,
  onProgress: (offset: number) => void = () => {},
): CopyResult {
  const { fs, memory, checker, createDirect } = ports
  return withFile(fs, task.segment.path, (file) => {
    const cursors: FrameCursor[] = []
    const direct = task.segment.end >= LARGE_BYTES ? createDirect : undefined
    const output = task.target === undefined ? new NoOutput() : new FileOutput(fs, task.target, direct)
    try {
      for (const copy of task.copies) cursors.push(new FrameCursor(fs, copy))
      const source = patchedSource(tolerantSource(fs, file), task.flips)
      const scanner = scannerOf(source, task.segment, memory, task.start)
      const copier = new SegmentCopier(task, source, scanner, new CopyWriter(task, output, cursors, checker))
      copier.run(onProgress)
      output.flush()
      return copier.result()
    } finally {
      for (const cursor of cursors) cursor.close()
      output.close()
    }
  })
}

class SegmentCopier {
  private readonly task: CopyTask
  private readonly source: TolerantSource
  private readonly scanner: SegmentScanner
  private readonly writer: CopyWriter
  private records = 0
  private duplicates = 0
  private places = 0
  private damage: Damage | undefined
  private isSealed = false
  private firstTime: bigint | undefined
  /** File offset and bytes of the last run that has records. */
  private lastRun: { readonly offset: number; readonly bytes: number } | undefined

  constructor(task: CopyTask, source: TolerantSource, scanner: SegmentScanner, writer: CopyWriter) {
    this.task = task
    this.source = source
    this.scanner = scanner
    this.writer = writer
  }

  run(onProgress: (offset: number) => void): void {
    const { task, writer } = this
    for (const step of walkSegment(this.scanner, task.segment, this.source)) {
      if (step.kind === 'run') {
        this.takeRun(step)
        onProgress(step.offset)
      } else {
        this.places++
        this.damage = step.damage
      }
    }
    const cause = this.causeAt(task.segment.end)
    writer.lose(task.to, false, cause)
    if (!task.isLast || this.isSealed) return
    // A log must not end within a batch, or it ends before it; and that there was more of this one is certain.
    if (writer.isBatchOpen) writer.lose(writer.next, false, cause)
    writer.closeSegment()
  }

  result(): CopyResult {
    const { writer, records, duplicates, places, firstTime } = this
    const { restored, filled, lost, lastCheck, longestPayload, position: end } = writer
    const counts = { records: records + filled, restored, filled, duplicates, places }
    return { ...counts, lost, end, lastCheck, longestPayload, firstTime, lastTime: this.lastTime() }
  }

  private takeRun(run: FrameRun): void {
    const { scanner, writer } = this
    const { bytes, view } = scanner.memory
    const known = this.duplicates
    const from = this.skipKnown(run)
    // An end frame must not stand before LSNs that it does not tell of, nor end the log within a batch.
    const endsSegment = scanner.sealed && scanner.lowest > this.task.to && !this.endsInBatch(run)
    const to = scanner.sealed && !endsSegment ? frameAround(view, run.from, run.to - 1) : run.to
    if (from >= to) return
    if (endsSegment) this.isSealed = true
    const offset = run.offset + from - run.from
    const ahead = lookAhead(view, from, to)
    writer.lose(ahead.before, ahead.kind === 'lsn', this.causeAt(offset))
    this.writeNoting(bytes, view, from, to, offset)
    const isWhole = scanner.wholeOffset === run.offset + run.to - run.from
    if (ahead.kind === 'lsn') {
      writer.next = scanner.lowest
      writer.isBatchOpen = !isWhole
    }
    writer.lastCheck =
      isWhole && to === run.to ? scanner.wholeCheck : checkOfFrame(view, frameAround(view, from, to - 1))
    this.count(run.records - (this.duplicates - known), view, from, to, offset)
    this.damage = undefined
  }

  private endsInBatch(run: FrameRun): boolean {
    const { scanner, writer, task } = this
    return task.isLast && (hasLsns(scanner.memory.view, run) ? scanner.isBatchOpen : writer.isBatchOpen)
  }

  /** Passes over frames at the head of the segment whose LSNs the segment before has too. @returns the address behind them */
  private skipKnown(run: FrameRun): number {
    const { writer, task } = this
    if (task.segment.header.firstLsn >= writer.next || writer.next > task.from) return run.from
    const { view } = this.scanner.memory
    let at = run.from
    for (; at < run.to; at += sizeOfFrame(view, at)) {
      const kind = kindOfFrame(view, at)
      if (!takesLsn(kind)) continue
      const last = lastLsnOf(view, at)
      if (readLsn(view, at) >= writer.next) break
      if (last >= writer.next) writer.shorten(last, view.getUint16(at + FRAME_TYPE_AT, true), continuesBatch(view, at))
      else if (kind === KIND_RECORD) this.duplicates++
    }
    return at
  }

  /** Writes frames, and a note before each in which a bit was turned back. */
  private writeNoting(bytes: Uint8Array, view: DataView, from: number, to: number, offset: number): void {
    const { flips } = this.task
    let at = from
    for (let i = firstFrom(flips, offset); i < flips.length; i++) {
      const flip = flips[i]!
      const inside = from + flip.offset - offset
      if (inside >= to) break
      const frame = frameAround(view, at, inside)
      this.writer.write(bytes, at, frame)
      this.writer.noteRestored(readLsn(view, frame), flip)
      at = frame
    }
    this.writer.write(bytes, at, to)
  }

  private count(records: number, view: DataView, from: number, to: number, offset: number): void {
    if (records === 0) return
    this.records += records
    this.firstTime ??= timeOfRecord(view, from, to, 'first')
    this.lastRun = { offset, bytes: to - from }
  }

  /** Of the last run, which is read again: to look for it in every run would take a step for each record. */
  private lastTime(): bigint | undefined {
    if (this.lastRun === undefined) return undefined
    const { bytes, view, dataAt } = this.scanner.memory
    const got = this.source.read(bytes, dataAt, this.lastRun.bytes, this.lastRun.offset)
    return timeOfRecord(view, dataAt, dataAt + got, 'last')
  }

  private causeAt(offset: number): LossCause {
    return this.damage ?? { offset, bytes: 0, class: 'gap' }
  }
}
