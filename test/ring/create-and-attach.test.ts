import { describe, expect, it } from 'vitest'
import { RingMemory } from '../../src/ring/index.ts'
import { CAPACITY_AT, MARGIN_AT, USER_BYTES_AT } from '../../src/ring/layout.ts'
import { createSharedMemory } from '../../src/wasm.ts'

const refusal = (option: string): object => expect.objectContaining({ code: 'ERR_RINGWAL_OPTION', option })

describe('a ring is made of valid options only', () => {
  it.each([
    ['capacity', { capacity: 2048 }],
    ['capacity', { capacity: 4097 }],
    ['capacity', { capacity: 12288 }],
    ['capacity', { capacity: 2 ** 28 }],
    ['capacity', { capacity: 4096.000000001 }],
    ['capacity', { capacity: Number.NaN }],
    ['capacity', { capacity: '4096' as unknown as number }],
    ['margin', { capacity: 4096, margin: 4 }],
    ['margin', { capacity: 4096, margin: -8 }],
    ['margin', { capacity: 4096, margin: 520 }],
    ['margin', { capacity: 65536, margin: 4104 }],
    ['userBytes', { capacity: 4096, userBytes: -1 }],
    ['userBytes', { capacity: 4096, userBytes: 2 ** 24 + 1 }],
    ['startPosition', { capacity: 4096, startPosition: 2 ** 32 }],
    ['startPosition', { capacity: 4096, startPosition: 0.5 }],
    ['firstSequence', { capacity: 4096, firstSequence: -1 }],
    ['firstSequence', { capacity: 4096, firstSequence: 2 ** 53 }],
  ])('%s: %o', (option, options) => {
    expect(() => RingMemory.create(options)).toThrow(refusal(option))
  })

  it('lays the ring on a page, behind slots for all of it and a page of margin', () => {
    const ring = RingMemory.create({ capacity: 65536, userBytes: 5000 })
    expect(ring.userBytes).toBe(8192)
    expect(ring.base % 4096).toBe(0)
    expect(ring.base - 4096).toBeGreaterThanOrEqual(ring.slotsAt + 65536 / 8)
    expect(ring.slotsAt).toBe(ring.userAt + ring.userBytes)
    expect(ring.base + ring.capacity).toBeLessThanOrEqual(ring.bytes.length)
  })
})

describe('a ring is attached to a memory that holds one only', () => {
  const input = expect.objectContaining({ code: 'ERR_RINGWAL_INPUT' })

  it('sees the same ring', () => {
    const ring = RingMemory.create({ capacity: 8192, margin: 64, userBytes: 1 })
    const other = RingMemory.attach(ring.memory)
    expect([other.capacity, other.margin, other.base, other.slotsAt]).toEqual([8192, 64, ring.base, ring.slotsAt])
  })

  it('refuses other memory', () => {
    expect(() => RingMemory.attach(createSharedMemory(65536))).toThrow(input)
    expect(() => RingMemory.attach(undefined as never)).toThrow(input)
    expect(() => RingMemory.attach({ buffer: new ArrayBuffer(65536) } as never)).toThrow(input)
  })

  it.each([
    ['capacity', CAPACITY_AT, 8192 * 1024],
    ['capacity', CAPACITY_AT, 5000],
    ['margin', MARGIN_AT, 4096],
    ['user bytes', USER_BYTES_AT, -4096],
    ['user bytes', USER_BYTES_AT, 1 << 20],
  ])('refuses a header whose %s can not be true', (_, at, value) => {
    const ring = RingMemory.create({ capacity: 4096 })
    ring.words[at >> 2] = value
    expect(() => RingMemory.attach(ring.memory)).toThrow(input)
  })
})
