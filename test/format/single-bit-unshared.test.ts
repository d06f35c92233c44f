import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'

const FORMAT = new URL('../../src/format/index.js', import.meta.url).href

/** Runs in a process of its own, which loses its SharedArrayBuffer before it loads anything. */
const PROGRAM = `
delete globalThis.SharedArrayBuffer
const format = await import(${JSON.stringify(FORMAT)})
const { bytes, view, dataAt, kernel } = await format.createFrameMemory(1024)
format.writeFrame(view, dataAt, { kind: format.KIND_RECORD, lsn: 1, length: 21 })
kernel.seal(dataAt, dataAt + 64, 0xfeedn, 1n)
const finder = await format.createSingleBitFinder()
const found = [3, 70, 300, 400].map((bit) => {
  const region = bytes.slice(dataAt, dataAt + 64)
  region[bit >> 3] ^= 1 << (bit & 7)
  const { at, bit: low, bytes: size } = finder.find(region, { salt: 0xfeedn, payloadMax: 64, lsnMin: 1, lsnMax: 9 })
  return [8 * at + low, size]
})
console.log(JSON.stringify(found))
`

describe('where no memory can be shared', () => {
  it('a single wrong bit is found all the same', () => {
    const out = execFileSync(process.execPath, ['--input-type=module', '-e', PROGRAM], { encoding: 'utf8' })
    expect(JSON.parse(out)).toEqual([
      [3, 64],
      [70, 64],
      [300, 64],
      [400, 64],
    ])
  })
})
