import { afterEach, describe, expect, it } from 'vitest'
import { Wal } from '../../src/index.ts'
import { metricsOf, type PromClient, prometheusText, registerMetrics } from '../../src/metrics/index.ts'
import { temporaryDirectory } from '../storage/temporary-directory.ts'
import * as standIn from './prom-client-stand-in.ts'

const client: PromClient<standIn.Registry> = standIn
const open: Wal[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map((wal) => wal.close()))
})

async function openLog(): Promise<Wal> {
  const wal = await Wal.open({ dir: temporaryDirectory() })
  open.push(wal)
  return wal
}

/** Without what changes by itself. */
function still(lines: readonly string[]): string[] {
  return lines.filter((line) => !line.startsWith('#') && !/disk_free|spare_files/.test(line)).sort()
}

describe('metrics for prom-client', () => {
  it('are those of the log, each time that they are asked for', async () => {
    const wal = await openLog()
    const registry = new standIn.Registry()
    registerMetrics(wal, client, { registry })
    for (const records of [3, 7]) {
      for (let i = 0; i < records; i++) wal.append({ i })
      await wal.flush()
      await new Promise((resolve) => setTimeout(resolve, 50))
      const text = prometheusText(metricsOf(wal)).trimEnd().split('\n')
      expect(still(await registry.metrics())).toEqual(still(text))
    }
    expect(await registry.metrics()).toContain(`ringwal_appends_total{dir="${wal.dir}"} 10`)
  })

  it('are shared by the logs of a registry, and end with each', async () => {
    const [one, other] = [await openLog(), await openLog()]
    const registry = new standIn.Registry()
    const end = registerMetrics(one, client, { registry, labels: { log: 'one' } })
    registerMetrics(other, client, { registry, labels: { log: 'other' } })
    const lags = async (): Promise<string[]> =>
      (await registry.metrics()).filter((line) => line.includes('durable_lsn'))
    expect(await lags()).toEqual(['ringwal_durable_lsn{log="one"} 0', 'ringwal_durable_lsn{log="other"} 0'])
    end()
    expect(await lags()).toEqual(['ringwal_durable_lsn{log="other"} 0'])
    registerMetrics(one, client, { registry, labels: { log: 'one' } })
    expect(await lags()).toHaveLength(2)
  })

  it('go into the default registry if no other is given', async () => {
    const wal = await openLog()
    registerMetrics(wal, client)
    expect(await standIn.register.metrics()).toContain(`ringwal_appends_total{dir="${wal.dir}"} 0`)
  })

  it('look at a log once for all that a registry asks in one turn', async () => {
    const wal = await openLog()
    let looks = 0
    const watched = {
      dir: wal.dir,
      recovery: wal.recovery,
      stats: () => {
        looks++
        return wal.stats()
      },
    }
    const registry = new standIn.Registry()
    registerMetrics(watched, client, { registry })
    looks = 0
    await registry.metrics()
    expect(looks).toBe(1)
    await registry.metrics()
    expect(looks).toBe(2)
  })

  it('refuse what is no client, and no registry', async () => {
    const wal = await openLog()
    const refused = expect.objectContaining({ code: 'ERR_RINGWAL_OPTION' })
    for (const wrong of [undefined, {}, { Counter: standIn.Counter }])
      expect(() => registerMetrics(wal, wrong as never)).toThrow(refused)
    expect(() => registerMetrics(wal, client, { registry: null as never })).toThrow(refused)
  })

  it('refuse labels that do not tell the logs apart, or have other names', async () => {
    const [one, other] = [await openLog(), await openLog()]
    const registry = new standIn.Registry()
    registerMetrics(one, client, { registry, labels: { log: 'a' } })
    const refused = expect.objectContaining({ code: 'ERR_RINGWAL_OPTION' })
    expect(() => registerMetrics(other, client, { registry, labels: { log: 'a' } })).toThrow(refused)
    expect(() => registerMetrics(other, client, { registry, labels: { name: 'b' } })).toThrow(refused)
    expect(() => registerMetrics(other, client, { registry })).toThrow(refused)
    expect(await registry.metrics()).not.toContain(expect.stringContaining(other.dir))
  })
})
