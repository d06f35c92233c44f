import { fdatasyncSync } from 'node:fs'
import { withFile, writeAt } from './disk-files.ts'

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

export interface BareStream {
  readonly MBPerSecond: number
}

export function measureBareStreams({ file, bytes, patterns }: BareStreamJob): BareStream[] {
  return withFile(file, bytes, (fd) => patterns.map((pattern) => stream(fd, bytes, pattern)))
}

function stream(fd: number, bytes: number, { writeBytes, syncBytes }: BarePattern): BareStream {
  const data = Buffer.alloc(writeBytes, 5)
  let unsynced = 0
  const started = performance.now()
  for (let at = 0; at < bytes; ) {
    const length = writeAt(fd, data, Math.min(writeBytes, bytes - at), at)
    at += length
    unsynced += length
    if (unsynced < syncBytes && at < bytes) continue
    fdatasyncSync(fd)
    unsynced = 0
  }
  return { MBPerSecond: bytes / (performance.now() - started) / 1000 }
}
