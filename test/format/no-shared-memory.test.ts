import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'

const FORMAT = new URL('../../src/format/index.js', import.meta.url).href

/** Runs in a process of its own, which loses its SharedArrayBuffer before it loads anything. */
const PROGRAM = `
delete globalThis.SharedArrayBuffer
const format = await import(${JSON.stringify(FORMAT)})
const memory = await format.createFrameMemory(1024)
const { bytes, view, dataAt, kernel } = memory
for (const lsn of [1, 2, 3]) format.writeFrame(view, dataAt + (lsn - 1) * 48, { kind: format.KIND_RECORD, lsn, length: 5 })
const sealed = kernel.seal(dataAt, dataAt + 144, 0xfeedn, 1n)
const file = new Uint8Array(4096 + 144)
file.set(bytes.subarray(dataAt, dataAt + 144), 4096)
file[4096 + 48 + 41] ^= 1
const source = { read: (into, at, length, position) => (into.set(file.subarray(position, position + length), at), length) }
const settings = { salt: 0xfeedn, payloadMax: 64, end: file.length, expected: 1 }
const scanner = new format.SegmentScanner(source, settings, await format.createFrameMemory(64))
const steps = []
do steps.push(scanner.next()); while (steps.at(-1).kind !== 'end')
const told = steps.map(({ kind, reason, offset, records }) => [kind, reason ?? records, offset])
console.log(JSON.stringify({ buffer: bytes.buffer.constructor.name, sealed: String(sealed), told }))
`

describe('where no memory can be shared', () => {
  it('frames are sealed and scanned all the same', () => {
    const out = execFileSync(process.execPath, ['--input-type=module', '-e', PROGRAM], { encoding: 'utf8' })
    expect(JSON.parse(out)).toEqual({
      buffer: 'ArrayBuffer',
      sealed: '4',
      told: [
        ['run', 1, 4096],
        ['bad', 'check', 4144],
        ['run', 1, 4192],
        ['end', 'limit', 4240],
      ],
    })
  })
})
