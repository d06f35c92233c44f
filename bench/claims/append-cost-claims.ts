import type { AppendCostFigure, Claim } from '../result.ts'
import { appendCostOf, atMost, type Judge, times } from './figures.ts'

const OF_JSON_MAX = 1 / 3
const BYTES_NS_MAX = 150
const TAIL_NS_MAX = 20_000

const nanos = (ns: number): string => `${ns.toFixed(0)} ns`
const micros = (ns: number): string => `${(ns / 1000).toFixed(1)} µs`

/** Under `interval`, so that the writer syncs meanwhile. */
export const appendCostClaims: Judge = (measured) => {
  const declared = appendCostOf(measured, 'interval', 'declared')
  const bytes = appendCostOf(measured, 'interval', 'bytes', 128)
  return [
    declared && besideJson(declared),
    bytes && atMost('appendBytes of 128 B', bytes.burstNs.median, BYTES_NS_MAX, nanos),
    declared && tail('append of the declared order', declared),
    bytes && tail('appendBytes of 128 B', bytes),
  ]
}

function besideJson({ burstNs, jsonNs }: AppendCostFigure): Claim | undefined {
  if (jsonNs === null) return undefined
  const name = 'append of the declared order, beside JSON.stringify of it'
  const claim = atMost(name, burstNs.median / jsonNs.median, OF_JSON_MAX, times)
  return { ...claim, measured: `${claim.measured} (${nanos(burstNs.median)} to ${nanos(jsonNs.median)})` }
}

function tail(what: string, { single }: AppendCostFigure): Claim | undefined {
  return single.p999 === null ? undefined : atMost(`${what}, p99.9`, single.p999.median, TAIL_NS_MAX, micros)
}
