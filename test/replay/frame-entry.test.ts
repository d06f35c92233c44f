/** What a reducer is given: an entry over a frame's bytes, of which only what is asked for is read. */
import { describe, expect, it } from 'vitest'
import { createCodec, defineRecord, field, type PayloadDecoder } from '../../src/codec/index.ts'
import { CODEC_BYTES, CODEC_MSGPACK, frameBytes, KIND_RECORD, writeFrame } from '../../src/format/index.ts'
import { FrameEntry } from '../../src/replay/frame-entry.ts'
import type { ReplayEntry } from '../../src/replay/reducer.ts'

const codec = createCodec({ useBigInt64: true })
const Tick = defineRecord({ name: 'tick', type: 7, fields: { id: field.u32(), note: field.string() } })
const AT = 64

function entryOf(payload: Uint8Array, type = 7, frameCodec = CODEC_MSGPACK, reader = codec): FrameEntry {
  const bytes = new Uint8Array(AT + frameBytes(payload.length))
  const view = new DataView(bytes.buffer)
  const fields = { length: payload.length, type, time: 2n ** 64n - 5n, key: 9, codec: frameCodec }
  writeFrame(view, AT, { kind: KIND_RECORD, lsn: 2 ** 40, ...fields })
  bytes.set(payload, AT + 40)
  return new FrameEntry({ bytes, view, codec: reader }, AT, 2 ** 40)
}

const tick = { id: 5, note: 'ü' }
const payload = codec.encode(tick).slice()
const unable = { ...codec, decode: (): never => expect.fail('the value was decoded') }

describe('an entry of a replay', () => {
  it('has what the frame says, and its value', () => {
    expect(entryOf(payload)).toMatchObject({ lsn: 2 ** 40, type: 7, key: 9, time: 2n ** 64n - 5n, value: tick })
    expect(entryOf(payload, 7, CODEC_BYTES).value).toEqual(payload)
  })

  it('gives a declared record without decoding its value, by itself and by the record', () => {
    const entry: ReplayEntry = entryOf(payload, 7, CODEC_MSGPACK, unable)
    expect(entry.as!(Tick)).toEqual(tick)
    expect(Tick.decodeEntry(entry)).toEqual(tick)
    const handMade: ReplayEntry = { lsn: 1, time: 0n, type: 7, key: 0, value: tick }
    expect(Tick.decodeEntry(handMade)).toEqual(tick)
  })

  it('shows a decoder the payload where it stands, and whose log it is of', () => {
    const place: PayloadDecoder<unknown> = {
      decodePayload: ({ lsn }, ...[used, bytes, view, start, end]) => [
        lsn,
        used,
        view.buffer === bytes.buffer,
        start,
        end,
      ],
      decodeEntry: () => expect.fail('it has a payload'),
    }
    const [start, end] = [AT + 40, AT + 40 + payload.length]
    expect(entryOf(payload).as(place)).toEqual([2 ** 40, codec, true, start, end])
    expect(entryOf(payload, 7, CODEC_BYTES).as(place)).toEqual([2 ** 40, undefined, true, start, end])
  })

  it.each([
    ['another type', entryOf(payload, 8), /its type is 8, not 7/],
    ['no MessagePack', entryOf(payload, 7, CODEC_BYTES), /no MessagePack/],
    ['a member that does not fit', entryOf(codec.encode({ id: -1, note: '' }).slice()), /id/],
    ['broken MessagePack', entryOf(Uint8Array.of(0xc1)), /0xc1/],
  ])('of %s is refused with its LSN', (_, entry, message) => {
    const refusal = { code: 'ERR_RINGWAL_INPUT', message: expect.stringMatching(message), lsn: 2 ** 40 }
    expect(() => entry.as(Tick)).toThrow(expect.objectContaining(refusal))
  })
})
