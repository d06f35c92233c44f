import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anyFrame, anyHarm, createTwins, doHarm, writeAnyFrames } from './twin-kernels.ts'

const SALT = 0x0102_0304_0506_0708n
const twins = await createTwins(1 << 16)

const anyCall = fc.record({
  from: fc.nat(64).map((words) => words * 8),
  short: fc.constantFrom(0, 0, 1, 8, 40, 47, 200),
  payloadMax: fc.constantFrom(1 << 16, 1 << 16, 50, 0),
  lsnMin: fc.constantFrom(1n, 3n, 9n),
  lsnMax: fc.constantFrom((1n << 53n) - 1n, 8n),
  last: fc.constantFrom(0, 1),
})

describe('find of the WebAssembly kernel', () => {
  it('gives the place that the reference gives', () => {
    const kinds = new Set<string>()
    const frames = fc.array(anyFrame, { maxLength: 12 })
    const property = fc.property(frames, fc.array(anyHarm, { maxLength: 4 }), anyCall, (list, harm, call) => {
      const bytes = new Uint8Array(1536)
      bytes.set(writeAnyFrames(list, SALT, 1n).subarray(0, bytes.length))
      doHarm(bytes, harm)
      twins.load(bytes, new Uint8Array(0))
      const { from, short, payloadMax, lsnMin, lsnMax, last } = call
      const [place, reference] = [twins.wasm, twins.plain].map(({ kernel, dataAt }) =>
        kernel.find(dataAt + from, dataAt + bytes.length - short, SALT, payloadMax, lsnMin, lsnMax, last),
      )
      expect(place).toBe(reference)
      kinds.add(
        place === twins.wasm.dataAt + bytes.length - short ? 'none' : (place! & 1) === 1 ? 'undecided' : 'found',
      )
    })
    fc.assert(property, { numRuns: 3000 })
    expect([...kinds].sort()).toEqual(['found', 'none', 'undecided'])
  })

  it('gives a place at which a scan comes forward, or none', () => {
    const frames = fc.array(anyFrame, { minLength: 1, maxLength: 12 })
    const property = fc.property(frames, fc.array(anyHarm, { maxLength: 3 }), (list, harm) => {
      const bytes = new Uint8Array(2048)
      bytes.set(writeAnyFrames(list, SALT, 1n).subarray(0, bytes.length))
      doHarm(bytes, harm)
      const state = new Uint8Array(new BigUint64Array([0n, 0n, 1n, (1n << 53n) - 1n, 0n, 0n, 0n, 0n]).buffer)
      twins.load(bytes, state)
      const { kernel, dataAt, stateAt, view } = twins.wasm
      const to = dataAt + bytes.length
      const place = kernel.find(dataAt, to, SALT, 1 << 16, 1n, (1n << 53n) - 1n, 1)
      kernel.scan(place, to, SALT, 1 << 16, stateAt)
      if (place < to) expect(view.getUint32(stateAt + 4, true)).toBeGreaterThan(place)
    })
    fc.assert(property, { numRuns: 1000 })
  })
})
