import { closeSync, fdatasyncSync, fsyncSync, openSync, unlinkSync, writeSync } from 'node:fs'
import { Durations, type Percentiles } from './statistics.ts'

/** The same bytes as a log wrote, without a log, in several ways one after another. */
export interface BareStreamJob {
  readonly kind: 'bare-stream'
  /** A file that is not there. */
  readonly file: string
  readonly bytes: number
  readonly patterns: readonly BarePattern[]
}

export interface BarePattern {
  /** Bytes of one pwrite. */
  readonly writeBytes: number
  /** An fdatasync follows as soon as so many bytes are written since the last one. */
  readonly syncBytes: number
}

export interface BareStream extends BarePattern {
  readonly seconds: number
  readonly MBPerSecond: number
  readonly writes: number
  readonly syncs: number
}

const MIB = 1 << 20

export function measureBareStreams({ file, bytes, patterns }: BareStreamJob): BareStream[] {
  return withPrefilled(file, bytes, (fd) => patterns.map((pattern) => stream(fd, bytes, pattern)))
}

/** One pwrite and fdatasync after another; no more are begun after `budgetMs`. */
export function measureBareLatency(file: string, writeBytes: number, samples: number, budgetMs: number): Percentiles {
  return withPrefilled(file, samples * writeBytes, (fd) => {
    const data = Buffer.alloc(writeBytes, 5)
    const durations = new Durations()
    const deadline = performance.now() + budgetMs
    while (durations.count < samples && performance.now() <= deadline) {
      const at = durations.count * writeBytes
      const started = performance.now()
      writeAt(fd, data, writeBytes, at)
      fdatasyncSync(fd)
      durations.record(started, performance.now())
    }
    return durations.percentiles()
  })
}

function stream(fd: number, bytes: number, { writeBytes, syncBytes }: BarePattern): BareStream {
  const data = Buffer.alloc(writeBytes, 5)
  let writes = 0
  let syncs = 0
  let unsynced = 0
  const started = performance.now()
  for (let at = 0; at < bytes; ) {
    const length = writeAt(fd, data, Math.min(writeBytes, bytes - at), at)
    at += length
    unsynced += length
    writes++
    if (unsynced < syncBytes && at < bytes) continue
    fdatasyncSync(fd)
    unsynced = 0
    syncs++
  }
  const seconds = (performance.now() - started) / 1000
  return { writeBytes, syncBytes, seconds, MBPerSecond: bytes / seconds / 1e6, writes, syncs }
}

/** A file of zeros that are on the disk already, like a segment made ahead. */
function withPrefilled<T>(file: string, bytes: number, use: (fd: number) => T): T {
  const fd = openSync(file, 'wx+', 0o600)
  try {
    const zeros = Buffer.alloc(MIB)
    for (let at = 0; at < bytes; ) at += writeAt(fd, zeros, Math.min(MIB, bytes - at), at)
    fsyncSync(fd)
    return use(fd)
  } finally {
    closeSync(fd)
    unlinkSync(file)
  }
}

function writeAt(fd: number, data: Buffer, length: number, at: number): number {
  const written = writeSync(fd, data, 0, length, at)
  if (written !== length) throw new Error(`wrote ${written} of ${length} bytes at ${at}`)
  return length
}
