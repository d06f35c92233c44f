import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import {
  createChecker,
  createKernelMemory,
  decodeHeaderPage,
  type Frame,
  frameBytes,
  readFrame,
  type SegmentHeader,
  SegmentScanner,
} from '../../src/format/index.ts'
import { byteSource } from '../format/segment-bytes.ts'
import type { GoldenFile } from './golden-log.ts'
import { goldenLogs } from './vectors.ts'

/** A frame as the generated code tells it. */
interface KaitaiFrame {
  readonly isOne: boolean
  readonly kind: number
  readonly flags: { readonly continuesBatch: boolean; readonly codec: number }
  readonly type: number
  readonly lsn: number
  readonly time: number
  readonly key: number
  readonly lenPayload: number
  /** Bytes, or what stands for them in a kind that is known; then they are in `_raw_payload`. */
  readonly payload: unknown
  readonly _raw_payload?: Uint8Array
}

interface KaitaiSegment {
  readonly header: Record<string, unknown>
  readonly frames?: readonly KaitaiFrame[]
}

const require = createRequire(import.meta.url)
const checker = await createChecker()
const memory = createKernelMemory(1 << 16)
const read = await compiledReader()
const files = goldenLogs().flatMap(({ name, files }) => files.map((file) => [`${name}/${file.path}`, file] as const))

/** What a reader of version 1 must refuse. */
const REFUSED = /^later-(header|kind|flags)/

/** The description, compiled by Kaitai's own compiler to JavaScript, as a function from bytes to what it finds there. */
async function compiledReader(): Promise<(bytes: Uint8Array) => KaitaiSegment> {
  const ksy = parse(readFileSync(new URL('../../../format-spec/ringwal.ksy', import.meta.url), 'utf8'))
  const code = await require('kaitai-struct-compiler').compile('javascript', ksy, null, false)
  const exports: { Ringwal?: new (stream: unknown) => KaitaiSegment } = {}
  new Function('exports', 'require', code['Ringwal.js'])(exports, require)
  const KaitaiStream = require('kaitai-struct/KaitaiStream')
  // A stream takes the whole of a buffer.
  return (bytes) => new exports.Ringwal!(new KaitaiStream(bytes.slice().buffer))
}

/** Frames as the scanner reads them, and whether it met nothing else. */
function scan(bytes: Uint8Array, header: SegmentHeader): { frames: object[]; isWhole: boolean } {
  const { salt, payloadMax, firstLsn } = header
  const settings = { salt, payloadMax, end: bytes.length - (bytes.length % 8), expected: firstLsn }
  const scanner = new SegmentScanner(byteSource(bytes), settings, memory)
  const frames: object[] = []
  for (let step = scanner.next(); step.kind !== 'end'; step = scanner.next()) {
    // What does not verify, and reaches to the end, is told apart without a check: a file cut short, or recycled.
    if (step.kind === 'bad') return { frames, isWhole: !step.resumed && step.bytes < 500 }
    for (let at = step.from; at < step.to; at += frameBytes(readFrame(scanner.memory.view, at).length)) {
      const frame = readFrame(scanner.memory.view, at)
      frames.push(facts(frame, scanner.memory.bytes.subarray(at + 40, at + 40 + frame.length)))
    }
  }
  return { frames, isWhole: true }
}

function facts({ kind, continuesBatch, codec, type, lsn, time, key, length }: Frame, payload: Uint8Array): object {
  return { kind, continuesBatch, codec, type, lsn, time: Number(time), key, length, payload: hexOf(payload) }
}

function kaitaiFacts(frame: KaitaiFrame): object {
  const { kind, flags, type, lsn, time, key, lenPayload: length } = frame
  const { continuesBatch, codec } = flags
  const payload = hexOf((frame._raw_payload ?? frame.payload) as Uint8Array)
  return { kind, continuesBatch, codec, type, lsn, time, key, length, payload }
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}

/** The golden segments that are of this version, with what the scanner finds. */
function wholeSegments(): (readonly [string, GoldenFile, SegmentHeader, object[]])[] {
  return files.flatMap(([name, file]) => {
    if (!/\d{20}\.rwal$/.test(file.path) || REFUSED.test(name)) return []
    const { header, copyA } = decodeHeaderPage(file.bytes.subarray(0, 4096), checker)
    if (header === undefined || copyA !== 'good') return []
    const { frames, isWhole } = scan(file.bytes, header)
    return isWhole ? [[name, file, header, frames] as const] : []
  })
}

describe('the Kaitai description', () => {
  const segments = wholeSegments()

  it('is tried on most golden segments', () => {
    expect(segments.length).toBeGreaterThan(40)
    const kinds = segments.flatMap(([, , , frames]) => frames.map((frame) => (frame as Frame).kind))
    expect([...new Set(kinds)].sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 128, 129, 137, 255])
  })

  it.each(segments)('reads %s as the scanner does', (_name, { bytes }, header, frames) => {
    const segment = read(bytes)
    expect((segment.frames ?? []).filter(({ isOne }) => isOne).map(kaitaiFacts)).toEqual(frames)
    const { logId, tag, saltHigh, number, firstLsn, epoch, lenPayloadMax, codecSettings } = segment.header
    expect({ logId: hexOf(logId as Uint8Array), number, firstLsn, epoch, codecSettings }).toEqual({
      ...{ logId: header.logId, number: header.number, firstLsn: header.firstLsn, epoch: header.epoch },
      codecSettings: header.codecSettings,
    })
    expect((BigInt(saltHigh as number) << 32n) | BigInt(tag as number)).toBe(header.salt)
    expect(lenPayloadMax).toBe(header.payloadMax)
  })

  it('knows what stands in tombstones and notes', () => {
    const { frames } = read(fileOf('every-kind/00000000000000000001.rwal'))
    const told = frames!.map(({ payload }) => payload as Record<string, unknown>)
    const tombstones = told.filter((_, i) => frames![i]!.kind === 5).map(({ why, lastLsn }) => [why, lastLsn])
    expect(tombstones).toEqual([
      [1, undefined],
      [2, 5],
      [1, 25],
      [2, 1025],
    ])
    const notes = told.filter((_, i) => frames![i]!.kind === 128)
    expect(notes.map(({ what, body }) => [what, { ...(body as object) }])).toMatchObject([
      [1, { offset: 4173, bit: 5 }],
    ])
  })

  it('reads by copy B where copy A has no magic, and reads no frames of another version', () => {
    const bytes = fileOf('sealed/00000000000000000001.rwal').slice()
    bytes[0]! ^= 1
    expect(read(bytes).frames).toHaveLength(9)
    expect(read(fileOf('later-header/00000000000000000001.rwal')).frames).toBeUndefined()
  })
})

function fileOf(name: string): Uint8Array {
  return files.find(([path]) => path === name)![1].bytes
}
