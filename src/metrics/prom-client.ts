import { optionError, RingwalError } from '../errors.ts'
import { plainReadings } from './histogram-series.ts'
import { type MeteredLog, type MetricsOptions, metricsOf, resolveLabels } from './metrics-of.ts'
import type { Labels, PlainReading } from './reading.ts'

/** What is asked of a metric's constructor. */
export interface PromConfiguration<Registry> {
  name: string
  help: string
  labelNames: string[]
  registers?: Registry[]
  /** Called before the metric's values are given out. */
  collect: () => void
}

interface Resettable {
  /** Forgets all values, and labels. */
  reset(): void
}

export interface PromCounter extends Resettable {
  inc(labels: Record<string, string>, value: number): void
}

export interface PromGauge extends Resettable {
  set(labels: Record<string, string>, value: number): void
}

/**
 * The part of prom-client (14 and later) that is used: its module, as it is imported. It is no dependency: whoever has it hands it in.
 */
export interface PromClient<Registry> {
  readonly Counter: new (configuration: PromConfiguration<Registry>) => PromCounter
  readonly Gauge: new (configuration: PromConfiguration<Registry>) => PromGauge
  readonly register: Registry
}

export interface RegisterOptions<Registry> extends MetricsOptions {
  /** By default the client's own, `client.register`. */
  readonly registry?: Registry
}

/** The logs of one registry, whose metrics are made once. */
interface Registered {
  readonly logs: Map<MeteredLog, Labels>
  readonly labelNames: string
}

const registries = new WeakMap<object, Registered>()

/**
 * Has a registry of prom-client tell of a log, whenever it is asked. Several logs share the metrics of a registry, and differ by
 * their labels. Each log's values are those of the same moment.
 * @returns ends it for this log, as before opening it again in the same process
 * @throws ERR_RINGWAL_OPTION for another client, for wrong labels, and for such as have other names, or the same values, as those of a log before; what
 *   the client throws, as for a metric of ours that it has from elsewhere
 */
export function registerMetrics<Registry extends object>(
  wal: MeteredLog,
  client: PromClient<Registry>,
  options: RegisterOptions<Registry> = {},
): () => void {
  requireClient(client)
  const { registry = client.register, ...metricsOptions } = options
  if (typeof registry !== 'object' || registry === null)
    throw optionError('registry', registry, 'a registry of the client')
  const labels = resolveLabels(wal, metricsOptions)
  const labelNames = Object.keys(labels).sort().join()
  const registered = registries.get(registry) ?? { logs: new Map<MeteredLog, Labels>(), labelNames }
  if (registered.labelNames !== labelNames)
    throw optionError('labels', labelNames, `${registered.labelNames}, as before`)
  for (const [other, others] of registered.logs)
    if (other !== wal && sameLabels(others, labels)) throw sharedLabels(labels)
  if (!registries.has(registry)) {
    makeMetrics(wal, registered.logs, client, registry, Object.keys(labels))
    registries.set(registry, registered)
  }
  registered.logs.set(wal, labels)
  return () => {
    registered.logs.delete(wal)
  }
}

function requireClient(client: unknown): void {
  const { Counter, Gauge } = Object(client)
  if (typeof Counter === 'function' && typeof Gauge === 'function') return
  throw optionError('client', client, "prom-client's module: import client from 'prom-client'")
}

/** @param wal any log: all have the same names */
function makeMetrics<Registry>(
  wal: MeteredLog,
  logs: ReadonlyMap<MeteredLog, Labels>,
  client: PromClient<Registry>,
  registry: Registry,
  labelNames: readonly string[],
): void {
  const readings = onceATurn(() => [...logs].map(([log, labels]) => plainReadings(metricsOf(log, { labels }))))
  plainReadings(metricsOf(wal)).forEach(({ name, help, type, samples }, i) => {
    const more = ['state', 'le'].filter((own) => samples.some(({ labels }) => own in labels))
    const configuration = { name, help, labelNames: [...labelNames, ...more], registers: [registry] }
    const samplesOf = (): PlainReading['samples'] => readings().flatMap((all) => all[i]!.samples)
    if (type === 'counter') {
      const metric: PromCounter = new client.Counter({
        ...configuration,
        collect: () => refill(metric, samplesOf(), (labels, value) => metric.inc(labels, value)),
      })
    } else {
      const metric: PromGauge = new client.Gauge({
        ...configuration,
        collect: () => refill(metric, samplesOf(), (labels, value) => metric.set(labels, value)),
      })
    }
  })
}

function refill(
  metric: Resettable,
  samples: PlainReading['samples'],
  put: (labels: Record<string, string>, value: number) => void,
): void {
  metric.reset()
  for (const { labels, value } of samples) put({ ...labels }, value)
}

/** A registry asks all of its metrics in one turn: they are told of one moment, and the logs are looked at once. */
function onceATurn<T>(look: () => T): () => T {
  let found: { readonly value: T } | undefined
  return () => {
    if (found !== undefined) return found.value
    found = { value: look() }
    queueMicrotask(() => {
      found = undefined
    })
    return found.value
  }
}

function sameLabels(a: Labels, b: Labels): boolean {
  return Object.entries(a).every(([name, value]) => b[name] === value)
}

function sharedLabels(labels: Labels): RingwalError {
  const message = `another log is registered with the same labels: ${JSON.stringify(labels)}`
  return new RingwalError('ERR_RINGWAL_OPTION', message, { option: 'labels', value: JSON.stringify(labels) })
}
