import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { RingwalError } from '../../src/errors.ts'
import { samplesFor } from './bare-disk.ts'

/** One run of fio: writes of one size, an fdatasync after each, as the bare loop does. */
export interface FioWork {
  /** A file that is not there. */
  readonly file: string
  readonly isPrefilled: boolean
  readonly batchBytes: number
  readonly budgetMs: number
  readonly fileBytes: number
}

export interface FioRun {
  readonly MBPerSecond: number
  readonly syncsPerSecond: number
  /** Of its fdatasync calls: fio has the writes apart. */
  readonly syncs: FioLatency
}

export interface FioLatency {
  readonly samples: number
  readonly maxNs: number
  /** Pairs of percentile and ns, ascending. */
  readonly percentiles: readonly (readonly [percent: number, ns: number])[]
}

const run = promisify(execFile)
const OUTPUT_BYTES_MAX = 16 << 20

/** What `fio --version` says; undefined if there is no fio on the PATH. */
export async function findFio(): Promise<string | undefined> {
  try {
    return (await run('fio', ['--version'])).stdout.trim()
  } catch {
    return undefined
  }
}

/** @throws ERR_RINGWAL_INPUT if fio fails, or says something else than is known of it */
export async function runFio(work: FioWork): Promise<FioRun> {
  try {
    return parseFio((await run('fio', fioArguments(work), { maxBuffer: OUTPUT_BYTES_MAX })).stdout)
  } catch (error) {
    if (error instanceof RingwalError) throw error
    throw new RingwalError('ERR_RINGWAL_INPUT', `fio: ${(error as Error).message}`, {}, error)
  }
}

export function fioArguments({ file, isPrefilled, batchBytes, budgetMs, fileBytes }: FioWork): string[] {
  return [
    '--name=ringwal',
    // A colon would begin a second file.
    `--filename=${file.replaceAll(':', '\\:')}`,
    '--rw=write',
    '--ioengine=psync',
    `--bs=${batchBytes}`,
    `--size=${samplesFor(batchBytes, budgetMs, fileBytes) * batchBytes}`,
    '--fdatasync=1',
    // With `overwrite` it lays the file out, and syncs it, before the clock runs.
    `--overwrite=${isPrefilled ? 1 : 0}`,
    '--fallocate=none',
    `--runtime=${budgetMs}ms`,
    '--output-format=json',
  ]
}

interface FioJob {
  readonly error?: number
  readonly write?: { readonly io_bytes?: number; readonly runtime?: number }
  readonly sync?: { readonly lat_ns?: FioLat }
}

interface FioLat {
  readonly N?: number
  readonly max?: number
  readonly percentile?: Readonly<Record<string, number>>
}

/**
 * Reads what `fio --output-format=json` printed, of version 3.6 or later (earlier ones do not tell of syncs).
 * @throws ERR_RINGWAL_INPUT for anything else
 */
export function parseFio(text: string): FioRun {
  const job = jobOf(text)
  const { io_bytes: bytes, runtime: milliseconds } = job.write ?? {}
  // `sync.total_ios` is 0 where `fdatasync` is asked for, whatever was done: only the times count them.
  const { N: samples, max: maxNs, percentile } = job.sync?.lat_ns ?? {}
  if (!isPositive(bytes) || !isPositive(milliseconds) || !isPositive(samples) || !isPositive(maxNs) || !percentile) {
    throw unreadable('it has no bytes written, no time, or no times of syncs')
  }
  const percentiles = Object.entries(percentile).map(([percent, ns]) => [Number(percent), ns] as const)
  if (percentiles.some(([percent, ns]) => !(percent >= 0 && percent <= 100) || !isPositive(ns))) {
    throw unreadable('a percentile is no number')
  }
  return {
    MBPerSecond: bytes / milliseconds / 1000,
    syncsPerSecond: samples / (milliseconds / 1000),
    syncs: { samples, maxNs, percentiles: percentiles.sort(([a], [b]) => a - b) },
  }
}

function jobOf(text: string): FioJob {
  let job: FioJob | undefined
  try {
    // Notes may stand before the JSON.
    job = (JSON.parse(text.slice(text.indexOf('{'))) as { jobs?: FioJob[] }).jobs?.[0]
  } catch {
    throw unreadable('it is no JSON')
  }
  if (typeof job !== 'object' || job === null) throw unreadable('it has no job')
  if (job.error !== 0) throw unreadable(`its job ended with error ${String(job.error)}`)
  return job
}

function isPositive(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0
}

function unreadable(why: string): RingwalError {
  return new RingwalError('ERR_RINGWAL_INPUT', `the output of fio can not be understood: ${why}`, { why })
}
