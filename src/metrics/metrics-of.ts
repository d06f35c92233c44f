import { optionError, RingwalError } from '../errors.ts'
import type { FileSystem } from '../storage/file-system.ts'
import { nodeFileSystem } from '../storage/node-file-system.ts'
import type { Wal } from '../wal/wal.ts'
import { type LogFacts, METRICS, STATE_METRIC, STATE_NAMES, SYNC_METRIC, syncHistogram } from './catalogue.ts'
import { isLabelName } from './names.ts'
import type { Labels, PlainReading, Reading } from './reading.ts'

/** The part of an open log that readings are taken from. */
export type MeteredLog = Pick<Wal, 'dir' | 'recovery' | 'stats'>

export interface MetricsOptions {
  /** What tells this log from others. By default `dir`, its directory. Not `state` nor `le`, which have a meaning here. */
  readonly labels?: Labels
}

const RESERVED: readonly string[] = ['state', 'le']

/**
 * All that a log tells a monitor. It costs some microseconds: shared memory is read, and the file system is asked once how much
 * is free. The names are the same at every time, and for every log.
 * @param fs is asked for free space
 * @throws ERR_RINGWAL_OPTION
 */
export function metricsOf(
  wal: MeteredLog,
  options: MetricsOptions = {},
  fs: Pick<FileSystem, 'freeBytes'> = nodeFileSystem,
): readonly Reading[] {
  const labels = resolveLabels(wal, options)
  const facts = { stats: wal.stats(), recovery: wal.recovery, diskFreeBytes: freeBytes(fs, wal.dir) }
  const readings = METRICS.map(({ name, help, type, value }): PlainReading => {
    const found = value(facts)
    return { name, help, type, samples: found === undefined ? [] : [{ labels, value: found }] }
  })
  const syncs: Reading = { ...SYNC_METRIC, samples: [{ labels, value: syncHistogram(facts.stats) }] }
  return [stateReading(facts, labels), ...readings, syncs]
}

function stateReading({ stats }: LogFacts, labels: Labels): PlainReading {
  const samples = STATE_NAMES.map((state) => ({ labels: { ...labels, state }, value: state === stats.state ? 1 : 0 }))
  return { ...STATE_METRIC, samples }
}

/** The labels of a log's readings. @throws ERR_RINGWAL_OPTION */
export function resolveLabels(wal: MeteredLog, options: MetricsOptions): Labels {
  if (typeof options !== 'object' || options === null) throw optionError('options', options, 'an object')
  const unknown = Object.keys(options).find((name) => name !== 'labels')
  if (unknown !== undefined) throw optionError(unknown, Reflect.get(options, unknown), 'labels')
  const { labels = { dir: wal.dir } } = options
  if (typeof labels !== 'object' || labels === null) throw optionError('labels', labels, 'an object of texts')
  for (const [name, value] of Object.entries(labels)) {
    if (!isLabelName(name) || RESERVED.includes(name))
      throw optionError('labels', name, `names of letters, digits and _, other than ${RESERVED.join(', ')}`)
    if (typeof value !== 'string') throw optionError(`labels.${name}`, value, 'a text')
  }
  return labels
}

/** Undefined where the system does not tell: a monitor must see the rest all the same. */
function freeBytes(fs: Pick<FileSystem, 'freeBytes'>, dir: string): number | undefined {
  try {
    return fs.freeBytes(dir)
  } catch (error) {
    if (error instanceof RingwalError && error.code === 'ERR_RINGWAL_IO') return undefined
    throw error
  }
}
