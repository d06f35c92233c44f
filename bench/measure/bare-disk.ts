import { fdatasyncSync } from 'node:fs'
import { Durations, type Recording } from '../statistics.ts'
import { withFile, writeAt } from './disk-files.ts'

/** Batches of several sizes, one after another: a pwrite and an fdatasync each. */
export interface BareDiskJob {
  readonly kind: 'bare-disk'
  /** A file that is not there. */
  readonly file: string
  readonly isPrefilled: boolean
  readonly batches: readonly number[]
  /** For each size of batch: no more are begun after it, nor when the file has `fileBytes`. */
  readonly budgetMs: number
  readonly fileBytes: number
}

export interface BareDisk {
  readonly batchBytes: number
  readonly MBPerSecond: number
  readonly syncsPerSecond: number
  readonly latency: Recording
}

/** No disk is known to do more of them in a second: so long a file is enough for small batches. */
const SYNCS_PER_SECOND_MAX = 50_000

export function measureBareDisk({ file, isPrefilled, batches, budgetMs, fileBytes }: BareDiskJob): BareDisk[] {
  return batches.map((batchBytes) => {
    const samples = samplesFor(batchBytes, budgetMs, fileBytes)
    const bytes = isPrefilled ? samples * batchBytes : 0
    return withFile(file, bytes, (fd) => writeBatches(fd, batchBytes, samples, budgetMs))
  })
}

/** How many batches are written at most. */
export function samplesFor(batchBytes: number, budgetMs: number, fileBytes: number): number {
  const most = Math.ceil((budgetMs / 1000) * SYNCS_PER_SECOND_MAX)
  return Math.max(2, Math.min(most, Math.floor(fileBytes / batchBytes)))
}

/** One pwrite and fdatasync after another, from the start of a file; no more are begun after `budgetMs`. */
export function writeBatches(fd: number, batchBytes: number, samples: number, budgetMs: number): BareDisk {
  const data = Buffer.alloc(batchBytes, 5)
  const durations = new Durations()
  const began = performance.now()
  let ended = began
  while (durations.count < samples && ended - began <= budgetMs) {
    const at = durations.count * batchBytes
    const started = performance.now()
    writeAt(fd, data, batchBytes, at)
    fdatasyncSync(fd)
    ended = performance.now()
    durations.record(started, ended)
  }
  const seconds = (ended - began) / 1000
  const { count } = durations
  return {
    batchBytes,
    MBPerSecond: (count * batchBytes) / seconds / 1e6,
    syncsPerSecond: count / seconds,
    latency: durations.recording(),
  }
}
