/** The recorded outputs are those of fio 3.33 with the arguments that `fioArguments` gives, on an ext4 disk. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { fioArguments, parseFio } from '../../bench/measure/fio.ts'
import { fioDistribution } from '../../bench/sections/fio-distribution.ts'

const CASES = fileURLToPath(new URL('../../../test/bench/cases/', import.meta.url))
const GROWING = readFileSync(`${CASES}fio-3.33-growing-4k.txt`, 'utf8')
const PREFILLED = readFileSync(`${CASES}fio-3.33-prefilled-4k.txt`, 'utf8')

describe('fio', () => {
  it('is read: bytes by its time, syncs by how many times of them it has', () => {
    const { write, sync } = JSON.parse(GROWING).jobs[0]
    const found = parseFio(GROWING)
    expect(found.MBPerSecond).toBeCloseTo(write.bw_bytes / 1e6, 2)
    expect(found.syncs.samples).toBe(348)
    expect(found.syncsPerSecond).toBeCloseTo((348 / write.runtime) * 1000, 6)
    expect(found.syncs.maxNs).toBe(sync.lat_ns.max)
    expect(found.syncs.percentiles).toContainEqual([50, 207_872])
    expect(found.syncs.percentiles.map(([percent]) => percent).at(-1)).toBe(99.99)
  })

  it('becomes a distribution over the runs, without percentiles that too few samples bear out', () => {
    const runs = [GROWING, PREFILLED].map((text) => parseFio(text).syncs)
    const { samples, p50, p99, p999, max, curve } = fioDistribution(runs)
    expect(samples).toBe(348 + 154)
    expect(p50).toEqual({ median: (207_872 + 1_630_208) / 2, min: 207_872, max: 1_630_208 })
    expect([p99, p999, max]).toEqual([null, null, 17_294_716])
    // Five of 348 lie above 98.5 %, five of 154 above 96.7 %.
    expect(curve.map(([percent]) => percent)).toEqual([1, 5, 10, 20, 30, 40, 50, 60, 70, 80, 90, 95])
  })

  it('is called with an fdatasync after each write, on a file of the kind that is asked for', () => {
    const work = { file: '/data/a:b', batchBytes: 4096, budgetMs: 250, fileBytes: 1 << 20 }
    const prefilled = fioArguments({ ...work, isPrefilled: true })
    for (const one of ['--fdatasync=1', '--bs=4096', '--size=1048576', '--overwrite=1', '--filename=/data/a\\:b'])
      expect(prefilled).toContain(one)
    expect(fioArguments({ ...work, isPrefilled: false })).toContain('--overwrite=0')
  })

  it.each([
    ['no JSON', 'fio: error while loading shared libraries'],
    ['nothing', ''],
    ['no job', '{"jobs":[]}'],
    ['jobs of another kind', '{"jobs":[null]}'],
    ['a failed job', PREFILLED.replace('"error" : 0', '"error" : 28')],
    ['no times of syncs', PREFILLED.replace('"sync" :', '"other" :')],
    ['no time', PREFILLED.replaceAll(/"runtime" : \d+/g, '"runtime" : 0')],
    ['a percentile that is none', PREFILLED.replaceAll('"50.000000"', '"half"')],
  ])('is refused with a code if its output has %s', (_, text) => {
    expect(() => parseFio(text)).toThrow(expect.objectContaining({ code: 'ERR_RINGWAL_INPUT' }))
  })

  it('may print notes before its JSON', () => {
    expect(parseFio(`note: both iodepth >= 1 and synchronous I/O engine\n${PREFILLED}`).syncs.samples).toBe(154)
  })
})
