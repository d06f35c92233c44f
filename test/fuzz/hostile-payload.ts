/** Payloads that say to be MessagePack, made to harm whoever decodes or prints them. */
import type { SeededRandom } from '../support/seeded-random.ts'

/** Texts that must not reach a terminal as they are. */
const TEXTS: readonly string[] = [
  '\u001b[31mred\u001b[0m\u0007\u0000\r\n\t\u007f',
  '\u009b31m\u0085\u2028\u2029',
  'invoice\u202excod.exe\u2066\u2069\u200e\u200f\u061c',
  '__proto__',
  '"},{"lsn":1,"value":"\\',
]

/** Headers of containers and blobs of four thousand million elements. */
const GIANTS: readonly string[] = [
  'ddffffffff',
  'dfffffffff',
  'c6ffffffff',
  'dbffffffff',
  'c9ffffffff01',
  'dcffff',
  'deffff',
]

export function hostilePayload(random: SeededRandom): Uint8Array {
  const draw = random.below(6)
  if (draw === 0) return random.bytes(random.below(200))
  if (draw === 1) return Buffer.concat([hex(random.pick(GIANTS)), random.bytes(random.below(40))])
  if (draw === 2) return hex(random.pick(['91', '81a161', '9191', '92c0']).repeat(random.pick([3, 99, 101, 5000])))
  if (draw === 3)
    return Buffer.concat([hex('82'), text('k'), text(random.pick(TEXTS)), text(random.pick(TEXTS)), hex('c0')])
  if (draw === 4) return Buffer.concat([hex('c70cff'), random.bytes(12)])
  return Buffer.concat([hex('93'), hex('cb'), random.bytes(8), hex('cf'), random.bytes(8), hex('d3'), random.bytes(8)])
}

function text(value: string): Uint8Array {
  const bytes = Buffer.from(value)
  return Buffer.concat([Uint8Array.of(0xd9, bytes.length), bytes])
}

function hex(digits: string): Uint8Array {
  return Buffer.from(digits, 'hex')
}
