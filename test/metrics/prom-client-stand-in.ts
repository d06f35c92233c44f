/**
 * Stands in for prom-client, which is not installed: what its documentation says of registries, counters and gauges with
 * `collect`, and no more.
 */
import type { PromConfiguration } from '../../src/metrics/index.ts'

abstract class Metric {
  readonly configuration: PromConfiguration<Registry>
  protected values: { readonly labels: Readonly<Record<string, string>>; readonly value: number }[] = []

  constructor(configuration: PromConfiguration<Registry>) {
    const { name, help, registers = [register] } = configuration
    if (name === '' || help === '') throw new Error('Missing mandatory parameter')
    this.configuration = configuration
    for (const registry of registers) registry.registerMetric(this)
  }

  reset(): void {
    this.values = []
  }

  get(): readonly string[] {
    this.configuration.collect()
    const { name } = this.configuration
    return this.values.map(({ labels, value }) => {
      const pairs = Object.entries(labels).map(([label, text]) => `${label}="${text}"`)
      return `${name}{${pairs.sort().join()}} ${value}`
    })
  }

  protected put(labels: Readonly<Record<string, string>>, value: number): void {
    for (const label of Object.keys(labels))
      if (!this.configuration.labelNames.includes(label))
        throw new Error(`Added label "${label}" is not included in initial labelset`)
    this.values.push({ labels, value })
  }
}

export class Counter extends Metric {
  inc(labels: Record<string, string>, value: number): void {
    if (!(value >= 0)) throw new Error('It is not possible to decrease a counter')
    this.put(labels, value)
  }
}

export class Gauge extends Metric {
  set(labels: Record<string, string>, value: number): void {
    if (!Number.isFinite(value)) throw new TypeError(`Value is not a valid number: ${value}`)
    this.put(labels, value)
  }
}

export class Registry {
  private readonly all = new Map<string, Metric>()

  registerMetric(metric: Metric): void {
    const { name } = metric.configuration
    if (this.all.has(name)) throw new Error(`A metric with the name ${name} has already been registered.`)
    this.all.set(name, metric)
  }

  /** The lines of samples. */
  async metrics(): Promise<readonly string[]> {
    return (await Promise.all([...this.all.values()].map(async (metric) => metric.get()))).flat()
  }
}

export const register: Registry = new Registry()
