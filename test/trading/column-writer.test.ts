import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createCodec } from '../../src/codec/index.ts'
import { ColumnWriter } from '../../src/trading/column-writer.ts'

const codec = createCodec({ useBigInt64: false })
const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 400 }),
  fc.string({ maxLength: 60 }),
  fc.nat(70_000).map((length) => 'é'.repeat(length)),
)
const item = fc.oneof(
  text,
  fc.maxSafeInteger(),
  fc.integer({ min: -200, max: 70_000 }),
  fc.uint8Array({ maxLength: 400 }),
)

function write(writer: ColumnWriter, lists: readonly (readonly (string | number | Uint8Array)[])[]): Uint8Array {
  writer.begin()
  writer.list(lists.length)
  for (const list of lists) {
    writer.list(list.length)
    for (const one of list) {
      if (typeof one === 'string') writer.text(one)
      else if (typeof one === 'number') writer.integer(one)
      else writer.binary(one)
    }
  }
  return writer.end()
}

describe('a column writer', () => {
  it('writes what the general codec does, one value after the other', () => {
    const writer = new ColumnWriter()
    fc.assert(
      fc.property(fc.array(fc.array(item, { maxLength: 40 }), { maxLength: 20 }), (lists) => {
        expect(Buffer.from(write(writer, lists)).equals(codec.encode(lists))).toBe(true)
      }),
      { numRuns: 100 },
    )
  })

  it('writes lists of any length', () => {
    for (const length of [0, 15, 16, 65_535, 65_536]) {
      const lists = [Array.from({ length }, (_, i) => i)]
      expect(Buffer.from(write(new ColumnWriter(), lists)).equals(codec.encode(lists))).toBe(true)
    }
  })
})
