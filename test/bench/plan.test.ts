import { describe, expect, it } from 'vitest'
import { type BenchOptions, parseOptions } from '../../bench/options.ts'
import { makeOrders, ORDER } from '../../bench/orders.ts'
import { appendCostPlan, ORDER_BYTES, recordsAt, throughputPlan } from '../../bench/plan.ts'
import { temporaryDirectory } from '../storage/temporary-directory.ts'

function options(...args: string[]): BenchOptions {
  return parseOptions(args, '.tmp') as BenchOptions
}

function loads(plan: readonly { encoding: string; size: number; producers?: number }[]): string[] {
  return [...new Set(plan.map(({ encoding, size, producers = 1 }) => `${encoding} ${size} by ${producers}`))]
}

describe('the plan', () => {
  it('has every size and encoding with one producer, and the reference with the others; of never the chief ones', () => {
    const all = throughputPlan(options())
    const plan = all.filter(({ policy }) => policy === 'interval')
    const plain = [64, 128, 256, 1024, 16_384, 262_144, 249].map((size) => `bytes ${size} by 1`)
    const others = ['declared 249 by 1', 'any 249 by 1', 'bytes 128 by 2', 'bytes 128 by 3']
    expect(loads(plan)).toEqual([...plain, ...others])
    expect(loads(all.filter(({ policy }) => policy === 'never'))).toEqual(['bytes 128 by 1', 'declared 249 by 1'])
    expect(all.length).toBe(2 * 11 + 2)
    expect(loads(throughputPlan(options('--policies', 'never')))).toEqual([...plain, ...others])
  })

  it('has all with all if asked to', () => {
    expect(throughputPlan(options('--full')).length).toBe(3 * 3 * 9)
    expect(loads(throughputPlan(options('--full', '--sizes', '64', '--producers', '2', '--encodings', 'any')))).toEqual(
      ['any 249 by 2'],
    )
  })

  it('takes the first size, or the order, for the reference where 128 B are not asked for', () => {
    const one = options('--sizes', '64,512', '--producers', '1,4', '--encodings', 'bytes', '--policies', 'never')
    expect(loads(throughputPlan(one))).toEqual(['bytes 64 by 1', 'bytes 512 by 1', 'bytes 64 by 4'])
    expect(loads(throughputPlan(options('--encodings', 'declared', '--producers', '1,2')))).toEqual([
      'declared 249 by 1',
      'declared 249 by 2',
    ])
  })

  it('has the cost of an append for small records: all under interval, a few under the others', () => {
    const plan = appendCostPlan(options())
    const under = (policy: string): string[] => loads(plan.filter((one) => one.policy === policy))
    expect(under('interval')).toEqual(
      ['bytes 64', 'bytes 128', 'bytes 256', 'bytes 1024', 'bytes 249', 'declared 249', 'any 249'].map(
        (one) => `${one} by 1`,
      ),
    )
    expect(under('always')).toEqual(['bytes 128 by 1', 'declared 249 by 1'])
  })

  it('writes the same bytes at every size', () => {
    expect(recordsAt(1_000_000, 128)).toBe(1_000_000)
    expect(recordsAt(1_000_000, 16_384) * (16_384 + 40)).toBeCloseTo(168e6, -5)
    expect(recordsAt(1, 1_000_000)).toBe(1)
  })

  it('appends orders that all take the bytes that are told', () => {
    expect(ORDER_BYTES).toBe(249)
    const orders = makeOrders()
    expect(new Set(orders.map((order) => ORDER.encodeToBytes(order).length))).toEqual(new Set([249]))
    expect(new Set(orders.map((order) => JSON.stringify(order))).size).toBe(orders.length)
    expect(orders.length & (orders.length - 1)).toBe(0)
  })
})

describe('the options', () => {
  it('choose sections; peers only by name', () => {
    expect(options().sections).not.toContain('peers')
    expect(options('--peers').sections.at(-1)).toBe('peers')
    expect(options('--only', 'disk,throughput').sections).toEqual(['throughput', 'disk'])
    expect(options('--only', 'disk', '--peers').sections).toEqual(['disk', 'peers'])
    expect(options('--only', 'peers').sections).toEqual(['peers'])
  })

  it('are small if quick, and long if asked to', () => {
    const quick = options('--quick')
    expect([quick.runs, quick.effort.stations]).toEqual([1, [1e4, 1e5]])
    expect(options('--quick', '--runs', '3').runs).toBe(3)
    expect([options().runs, options('--long').effort.stations]).toEqual([5, [1e5, 1e6, 1e7, 1e8]])
    expect(options('--log-bytes', '3M').logBytes).toBe(3 << 20)
  })

  it.each([
    [['--policies', 'sometimes'], 'option --policies: "sometimes" is not allowed; allowed: always, interval, never'],
    [['--records', '0'], 'option --records: "0" is not allowed; allowed: an integer from 1 to'],
    [['--runs', '1e1'], 'option --runs: "1e1" is not allowed'],
    [['--sizes', '128,'], 'option --sizes: "" is not allowed; allowed: an integer from 1 to 1000000'],
    [['--sizes', '128,128'], 'option --sizes: "128,128" is not allowed; allowed: different values'],
    [['--producers', '17'], 'option --producers: "17" is not allowed'],
    [['--encodings', 'json'], 'option --encodings: "json" is not allowed; allowed: bytes, declared, any'],
    [['--only', 'all'], 'option --only: "all" is not allowed'],
    [['--log-bytes', '1T'], 'option --log-bytes: "1T" is not allowed'],
    [['--log-bytes', '100'], 'option --log-bytes: "100" is not allowed'],
    [['--runs'], "Option '--runs <value>' argument missing"],
    [['--quick=yes'], "Option '--quick' does not take an argument"],
    [['fast'], "Unexpected argument 'fast'"],
  ])('are refused with a code: %j', (args, message) => {
    expect(() => options(...args)).toThrow(expect.objectContaining({ code: 'ERR_RINGWAL_OPTION' }))
    expect(() => options(...args)).toThrow(message)
  })

  it('take a page only where a file can be', () => {
    const dir = temporaryDirectory()
    expect(options('--html', `${dir}/page.html`).html).toBe(`${dir}/page.html`)
    for (const path of [dir, `${dir}/none/page.html`, '']) {
      expect(() => options('--html', path), path).toThrow('option --html')
    }
  })
})
