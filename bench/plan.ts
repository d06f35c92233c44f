import { frameBytes } from '../src/format/index.ts'
import type { SyncPolicy } from '../src/index.ts'
import type { BenchOptions } from './options.ts'
import { makeOrders, ORDER } from './orders.ts'
import type { Encoding } from './result.ts'

/** A way to append, and payload bytes. */
export interface LoadChoice {
  readonly encoding: Encoding
  readonly size: number
}

export interface ThroughputChoice extends LoadChoice {
  readonly policy: SyncPolicy
  readonly producers: number
}

/** The size for which `--records` is given, and that stands for all where sizes are not compared, if it is among them. */
export const REFERENCE_SIZE = 128
/** Bytes of the order, declared or not. */
export const ORDER_BYTES: number = ORDER.encodeToBytes(makeOrders()[0]!).length
/** Callers of `appendDurable` at a time. */
export const CALLERS: readonly number[] = [1, 8, 64, 256]
/** Bytes before each sync of the bare loops. */
export const DISK_BATCHES: readonly number[] = [200, 4096, 65_536, 1 << 20]
/** Single appends of more than this tell of copying, not of appending. */
const APPEND_COST_SIZE_MAX = 1024

/** The size where sizes are not compared. */
export function referenceSize({ sizes }: Pick<BenchOptions, 'sizes'>): number {
  return sizes.includes(REFERENCE_SIZE) ? REFERENCE_SIZE : sizes[0]!
}

/** Timed records of a throughput run at `size`, which take as many bytes as `records` do at the reference size. */
export function recordsAt(records: number, size: number): number {
  return Math.max(1, Math.round((records * frameBytes(REFERENCE_SIZE)) / frameBytes(size)))
}

/**
 * With the first number of producers every size and encoding, and with the others the reference. Under `never`, which at full
 * speed is much like `interval`, only the chief ones with the first number. With `full` all with all.
 */
export function throughputPlan(options: BenchOptions): ThroughputChoice[] {
  const { producers, policies, full } = options
  const [all, chief, reference] = [loadsOf(options), chiefLoads(options), [referenceLoad(options)]]
  return policies.flatMap((policy) =>
    producers.flatMap((threads, i): ThroughputChoice[] => {
      const isMinor = policy === 'never' && policies.length > 1
      const loads = full ? all : i > 0 ? (isMinor ? [] : reference) : isMinor ? chief : all
      return loads.map((load) => ({ ...load, policy, producers: threads }))
    }),
  )
}

/** Under the default policy every encoding and small size; under the others the chief ones. */
export function appendCostPlan(options: BenchOptions): (LoadChoice & { readonly policy: SyncPolicy })[] {
  const { policies, full } = options
  const small = ({ size }: LoadChoice): boolean => size <= APPEND_COST_SIZE_MAX
  const [all, chief] = [loadsOf(options).filter(small), chiefLoads(options).filter(small)]
  const most = policies.includes('interval') ? 'interval' : policies[0]
  return policies.flatMap((policy) => (full || policy === most ? all : chief).map((load) => ({ ...load, policy })))
}

/** Bytes in every size, and in that of the order if other encodings are to be held against them. */
function loadsOf({ sizes, encodings }: BenchOptions): LoadChoice[] {
  const order = { size: ORDER_BYTES }
  return encodings.flatMap((encoding): LoadChoice[] => {
    if (encoding !== 'bytes') return [{ encoding, ...order }]
    const plain = sizes.map((size) => ({ encoding, size }))
    return encodings.length > 1 && !sizes.includes(ORDER_BYTES) ? [...plain, { encoding, ...order }] : plain
  })
}

function referenceLoad(options: BenchOptions): LoadChoice {
  const reference: LoadChoice = { encoding: 'bytes', size: referenceSize(options) }
  const loads = loadsOf(options)
  return loads.find((load) => isSame(load, reference)) ?? loads[0]!
}

/** The reference and the declared order. */
function chiefLoads(options: BenchOptions): LoadChoice[] {
  const reference = referenceLoad(options)
  return loadsOf(options).filter((load) => load.encoding === 'declared' || isSame(load, reference))
}

function isSame(a: LoadChoice, b: LoadChoice): boolean {
  return a.encoding === b.encoding && a.size === b.size
}
