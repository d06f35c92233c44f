import { describe, expect, it } from 'vitest'
import { codec, errorOf } from './helpers.ts'

/** How much the heap and its array buffers grew while `action` ran, in bytes; what became garbage may count. */
function growthOf(action: () => unknown): number {
  const before = process.memoryUsage()
  const kept = action()
  const after = process.memoryUsage()
  expect(kept).toBeDefined()
  return after.heapUsed - before.heapUsed + after.arrayBuffers - before.arrayBuffers
}

const MIB = 1024 * 1024

describe('memory is taken in proportion to the input', () => {
  it('when every level declares as many elements as there are bytes', () => {
    // 99 arrays of about a million elements: 800 MB, if each header were believed.
    const bytes = new Uint8Array(MIB)
    for (let level = 0; level < 99; level++) bytes.set([0xdd, 0, 0x0f, 0xf0, 0], level * 5)
    expect(growthOf(() => errorOf(() => codec.decode(bytes)))).toBeLessThan(4 * MIB)
  })

  it('when the elements of outer arrays would have to come after those of inner ones', () => {
    const bytes = new Uint8Array(40_000)
    bytes.set([0xdc, 0x80, 0, 0xdc, 0x80, 0])
    const error = errorOf(() => codec.decode(bytes))
    expect(error.facts['reason']).toMatch(/longer than the input/)
    expect(error.facts['offset']).toBe(6)
  })
})

describe('decoded bytes', () => {
  it('are copies with a buffer of their own', () => {
    const input = codec.encode([Uint8Array.of(1, 2, 3), { deep: Uint8Array.of(4) }]).slice()
    const [first, { deep }] = codec.decode(input) as [Uint8Array, { deep: Uint8Array }]
    input.fill(0)
    expect([...first, ...deep]).toEqual([1, 2, 3, 4])
    expect(first.buffer.byteLength).toBe(3)
    expect(deep.buffer.byteLength).toBe(1)
  })

  it('are plain Uint8Arrays also when the input is a Buffer', () => {
    const value = codec.decode(Buffer.from(codec.encode(Uint8Array.of(7))))
    expect(value).toStrictEqual(Uint8Array.of(7))
  })

  it('are read from a part of a larger buffer and from shared memory', () => {
    const message = codec.encode({ raw: Uint8Array.of(5), text: `\u{feff}${'é'.repeat(300)}` }).slice()
    const shared = new Uint8Array(new SharedArrayBuffer(message.length + 20), 9, message.length)
    shared.set(message)
    expect(codec.decode(shared)).toStrictEqual(codec.decode(message))
    const part = new Uint8Array(message.length + 20).subarray(7, 7 + message.length)
    part.set(message)
    expect(codec.decode(part)).toStrictEqual(codec.decode(message))
  })
})
