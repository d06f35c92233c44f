import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  SCAN_EXACT_AT,
  SCAN_LSN_AT,
  SCAN_LSN_MAX_AT,
  SCAN_MARK_AT,
  SCAN_OPEN_AT,
  SCAN_STATE_BYTES,
  SCAN_STOP_AT,
} from '../../src/format/kernel/scan-layout.ts'
import { anyFrame, anyHarm, createTwins, doHarm, stateOf, writeAnyFrames } from './twin-kernels.ts'

const SALT = 0x0102_0304_0506_0708n
const twins = await createTwins(1 << 16)

interface Call {
  readonly from: number
  readonly zeros: number
  readonly short: number
  readonly payloadMax: number
  readonly lsnBack: bigint
  readonly lsnMax: bigint
  readonly exact: number
  readonly open: number
  readonly mark: bigint
}

const anyCall: fc.Arbitrary<Call> = fc.record({
  from: fc.constantFrom(0, 0, 0, 8, 48),
  zeros: fc.constantFrom(0, 0, 100),
  short: fc.constantFrom(0, 0, 0, 1, 8, 41),
  payloadMax: fc.constantFrom(1 << 16, 1 << 16, 50, 0),
  lsnBack: fc.constantFrom(0n, 0n, 0n, 1n, -1n),
  lsnMax: fc.constantFrom((1n << 53n) - 1n, (1n << 53n) - 1n, (1n << 32n) + 3n),
  exact: fc.constantFrom(0, 1),
  open: fc.constantFrom(0, 1),
  mark: fc.constantFrom(0n, 9n, 1n << 33n),
})

function initialState(call: Call, firstLsn: bigint): Uint8Array {
  const state = new Uint8Array(SCAN_STATE_BYTES)
  const view = new DataView(state.buffer)
  const lsn = firstLsn - call.lsnBack
  view.setBigUint64(SCAN_LSN_AT, lsn < 1n ? 1n : lsn, true)
  view.setBigUint64(SCAN_LSN_MAX_AT, call.lsnMax, true)
  view.setBigUint64(SCAN_MARK_AT, call.mark, true)
  view.setUint32(SCAN_EXACT_AT, call.exact, true)
  view.setUint32(SCAN_OPEN_AT, call.open, true)
  return state
}

describe('scan of the WebAssembly kernel', () => {
  it('stops where, and with the state that, the reference does', () => {
    const stops = new Set<number>()
    const anyFirst = fc.constantFrom(1n, 2n, (1n << 32n) - 3n, (1n << 53n) - 4n)
    const anyFrames = fc.array(anyFrame, { minLength: 2, maxLength: 30 })
    const harms = fc.array(anyHarm, { maxLength: 2 })
    const property = fc.property(anyFrames, harms, anyFirst, anyCall, (list, harm, firstLsn, call) => {
      const frames = writeAnyFrames(list, SALT, firstLsn)
      const bytes = new Uint8Array(frames.length + call.zeros)
      bytes.set(frames)
      doHarm(bytes, harm)
      twins.load(bytes, initialState(call, firstLsn))
      for (const { kernel, dataAt, stateAt } of [twins.wasm, twins.plain]) {
        kernel.scan(dataAt + call.from, dataAt + bytes.length - call.short, SALT, call.payloadMax, stateAt)
      }
      const state = stateOf(twins.wasm)
      const stop = new DataView(state.buffer).getUint32(SCAN_STOP_AT, true)
      stops.add(stop)
      expect(state).toEqual(stateOf(twins.plain))
    })
    fc.assert(property, { numRuns: 3000 })
    // Else the sequences would be too tame to tell anything: every way to stop was met.
    expect([...stops].sort()).toEqual([0, 1, 2, 3, 4, 5, 6])
  })
})
