import { describe, expect, it } from 'vitest'
import { createKernelMemory, FRAME_PAYLOAD_LIMIT, type FrameMemory, KIND_RECORD } from '../../src/format/index.ts'
import { inferSalt, type SaltHints } from '../../src/format/infer-salt.ts'
import { SeededRandom } from '../support/seeded-random.ts'
import {
  byteSource,
  frameOf,
  framesOf,
  joined,
  mixedFrames,
  placesOf,
  SALT,
  segmentOf,
  someRecords,
} from './segment-bytes.ts'

const OTHER_SALT = 0x0123_4567_89ab_cdefn
const memory = createKernelMemory(1 << 16)

function infer(file: Uint8Array, hints: SaltHints = {}, within: FrameMemory = memory): ReturnType<typeof inferSalt> {
  return inferSalt(byteSource(file), file.length, hints, within)
}

/** A segment without a header. */
function mixed(): Uint8Array {
  return segmentOf(framesOf(mixedFrames()))
}

describe('the salt of a segment without a header', () => {
  it('is told by its first frame', () => {
    expect(infer(mixed())).toEqual({ salt: SALT, offset: 4096, lsn: 1 })
  })

  it('is told by a lone frame in the first place, whatever stands behind it', () => {
    const lone = segmentOf(frameOf({ kind: KIND_RECORD, lsn: 7 }), new SeededRandom(1).bytes(4000))
    expect(infer(lone)).toEqual({ salt: SALT, offset: 4096, lsn: 7 })
  })

  it('is told by two frames that follow one another, where the first are damaged', () => {
    const file = mixed()
    const places = placesOf(mixedFrames())
    file.fill(0xff, 4096, places[5]!.offset + 3)
    expect(infer(file)).toEqual({ salt: SALT, offset: places[6]!.offset, lsn: 7 })
  })

  it('tells of the first frame that verifies, also where its neighbours are damaged', () => {
    const file = mixed()
    const places = placesOf(mixedFrames())
    for (const i of [0, 2, 3]) file[places[i]!.offset]! ^= 1
    expect(infer(file)).toEqual({ salt: SALT, offset: places[1]!.offset, lsn: 2 })
  })

  it('is found with any one bit of the frames flipped', () => {
    const file = mixed()
    for (let bit = 8 * 4096; bit < 8 * file.length; bit += 7) {
      file[bit >> 3]! ^= 1 << (bit & 7)
      expect(infer(file)?.salt, `bit ${bit}`).toBe(SALT)
      file[bit >> 3]! ^= 1 << (bit & 7)
    }
  })

  it('is found where frames do not begin at 4096, if asked to look there', () => {
    const frames = framesOf(mixedFrames())
    expect(infer(joined(new Uint8Array(24), frames))).toBeUndefined()
    expect(infer(joined(new Uint8Array(24), frames), { from: 0 })).toEqual({ salt: SALT, offset: 24, lsn: 1 })
  })

  it('is found through frames that are longer than the memory', () => {
    const long = [1, 2, 3].map((lsn) => ({ kind: KIND_RECORD, lsn, payload: new SeededRandom(lsn).bytes(300_000) }))
    const file = segmentOf(framesOf(long))
    expect(infer(file)).toEqual({ salt: SALT, offset: 4096, lsn: 1 })
    file[5000]! ^= 1
    expect(infer(file)).toEqual({ salt: SALT, offset: 4096 + 300_040, lsn: 2 })
  })

  it('needs two frames behind the first place', () => {
    const file = segmentOf(new Uint8Array(80).fill(1), frameOf({ kind: KIND_RECORD, lsn: 7 }), new Uint8Array(4096))
    expect(infer(file)).toBeUndefined()
  })
})

describe('frames of another salt', () => {
  const foreign = framesOf(someRecords(1, 8), OTHER_SALT)
  const records = someRecords(100, 140)

  it('in a payload do not count, also where the record around them is damaged', () => {
    const file = segmentOf(framesOf([{ kind: KIND_RECORD, lsn: 99, payload: foreign }, ...records]))
    expect(infer(file)?.salt).toBe(SALT)
    file[4096]! ^= 1
    expect(infer(file)).toMatchObject({ salt: SALT, lsn: 100 })
  })

  it('in an old sector come back in the first place are told by their LSNs', () => {
    const old = framesOf(someRecords(1, 8), OTHER_SALT).subarray(0, 512)
    const own = framesOf(records)
    expect(infer(segmentOf(old, own.subarray(512)))).toMatchObject({ salt: SALT })
    // The other way about: few own ones in the first sector, and the rest of a former life behind them.
    const few = framesOf(someRecords(100, 108))
    expect(few.length).toBeLessThan(1024)
    expect(infer(segmentOf(few, framesOf(someRecords(1, 60), OTHER_SALT)))).toMatchObject({ salt: SALT, lsn: 100 })
  })

  it('of a former life are told by their LSNs', () => {
    const few = framesOf(someRecords(100, 104))
    const file = segmentOf(few, framesOf(someRecords(1, 60), OTHER_SALT))
    file[4096]! ^= 1
    expect(infer(file)?.salt).toBe(OTHER_SALT)
    expect(infer(file, { lsnMin: 61 })).toMatchObject({ salt: SALT, lsn: 101 })
    expect(infer(file, { lsnMin: 105 })).toBeUndefined()
    expect(infer(file, { lsnMax: 40 })).toMatchObject({ salt: OTHER_SALT, lsn: 1 })
  })
})

describe('bytes that are no segment', () => {
  const SIZE = 1 << 23

  it('tell no salt', () => {
    expect(infer(new Uint8Array(0))).toBeUndefined()
    expect(infer(new Uint8Array(4100))).toBeUndefined()
    expect(infer(new Uint8Array(SIZE))).toBeUndefined()
    const noise = new Uint8Array(SIZE)
    for (let at = 0, random = new SeededRandom(3); at < SIZE; at += 65536) noise.set(random.bytes(65536), at)
    expect(infer(noise, { from: 0 })).toBeUndefined()
  })

  it('made to be hashed again and again end fast', () => {
    for (const length of [40, 4000, 60_000, 2_000_000, FRAME_PAYLOAD_LIMIT]) {
      const file = headersEverywhere(SIZE, length)
      const started = performance.now()
      expect(infer(file, {}, createKernelMemory(1 << 20))).toBeUndefined()
      expect(performance.now() - started, `length ${length}`).toBeLessThan(1500)
    }
  })

  it('made of many salts end fast', () => {
    const pairs = Array.from({ length: 20_000 }, (_, i) => framesOf(someRecords(1, 2, i, 8), BigInt(i) * 0x9e37_79b9n))
    const file = segmentOf(new Uint8Array(40), ...pairs)
    const started = performance.now()
    expect(infer(file)).toBeDefined()
    expect(performance.now() - started).toBeLessThan(1500)
  })
})

/** At every 16 bytes a header that names a frame of this length, with one tag for all. */
function headersEverywhere(size: number, length: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(size))
  for (let at = 0; at + 16 <= size; at += 16) {
    view.setUint32(at + 8, length - (length % 16), true)
    view.setUint8(at + 12, KIND_RECORD)
    view.setUint32(at + 4, KIND_RECORD, true)
  }
  return new Uint8Array(view.buffer)
}
