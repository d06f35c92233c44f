import type { ProcessSample } from './sample.ts'

/**
 * What a process may grow by, from the second quarter of its samples to the last. Memory: V8 sizes its heap by the garbage
 * it meets, in steps of some MiB, and gives it back late; the benchmark of memory allows as much. A leak of 4 bytes for each
 * of the 12,000 records a second would be more within half an hour. Descriptors: a sample may fall into the moment in which
 * a thread has a file open, the directory, the next segment. Threads: none comes but at the start.
 */
export const GROWTH_MIB_MAX = 32
export const GROWTH_DESCRIPTORS_MAX = 3
export const GROWTH_THREADS_MAX = 0

/** In its first minute a process still grows: samples of less time, or fewer of them, tell nothing. */
export const SPAN_S_MIN = 60
const SAMPLES_MIN = 16

export interface Flatness {
  readonly samples: number
  /** Growth of the median from the second quarter to the last, and the slope of all behind the first. */
  readonly residentMib: number
  readonly mibPerHour: number
  /** Growth of the most that was seen. */
  readonly descriptors: number
  readonly threads: number
  /** What grew too much; empty if nothing did, or if it is too early to tell. */
  readonly faults: readonly string[]
}

/** Whether a process held no more at its end than when it was warm: the first quarter of its samples does not count. */
export function judgeFlatness(samples: readonly ProcessSample[]): Flatness {
  const quarter = samples.length >> 2
  const early = samples.slice(quarter, 2 * quarter)
  const late = samples.slice(samples.length - quarter)
  const grownBy = (of: (values: readonly number[]) => number, what: (one: ProcessSample) => number): number =>
    quarter === 0 ? 0 : of(late.map(what)) - of(early.map(what))
  const residentMib = grownBy(median, (one) => one.residentMib)
  const descriptors = grownBy(most, (one) => one.descriptors)
  const threads = grownBy(most, (one) => one.threads)
  const found = [
    residentMib > GROWTH_MIB_MAX ? `resident memory grew by ${residentMib.toFixed(1)} MiB` : '',
    descriptors > GROWTH_DESCRIPTORS_MAX ? `${descriptors} more descriptors` : '',
    threads > GROWTH_THREADS_MAX ? `${threads} more threads` : '',
  ]
  const span = samples.length < SAMPLES_MIN ? 0 : samples.at(-1)!.seconds - samples[0]!.seconds
  const faults = span < SPAN_S_MIN ? [] : found.filter((fault) => fault !== '')
  const mibPerHour = 3600 * slopeOf(samples.slice(quarter))
  return { samples: samples.length, residentMib, mibPerHour, descriptors, threads, faults }
}

function most(values: readonly number[]): number {
  return Math.max(...values)
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!
}

/** MiB a second, by least squares; 0 of fewer than two samples. */
function slopeOf(samples: readonly ProcessSample[]): number {
  const mean = (what: (one: ProcessSample) => number): number =>
    samples.reduce((sum, one) => sum + what(one), 0) / samples.length
  const [seconds, mib] = [mean((one) => one.seconds), mean((one) => one.residentMib)]
  const spread = samples.reduce((sum, one) => sum + (one.seconds - seconds) ** 2, 0)
  const shared = samples.reduce((sum, one) => sum + (one.seconds - seconds) * (one.residentMib - mib), 0)
  return spread === 0 ? 0 : shared / spread
}
