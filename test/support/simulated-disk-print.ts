/** Fingerprints of what a simulated disk holds: equal for equal content, else different but for chance. */

/** An integer of 53 bits. */
export type Fingerprint = number

const HIGH = 2 ** 32
const HIGH_MASK = 0x1f_ffff

/** Of a number of bytes that is a multiple of 4, from a multiple of 4 on; 0 if all of them are zeros, as of a hole. */
export function fingerprintOf(bytes: Uint8Array): Fingerprint {
  const words = new Int32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength >> 2)
  let a = 0
  let b = 0
  let any = 0
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!
    any |= word
    a = Math.imul(a ^ word, 0x9e3779b1)
    a ^= a >>> 15
    b = Math.imul(b + word, 0x85ebca6b)
    b ^= b >>> 13
  }
  return any === 0 ? 0 : joined(a, b)
}

const names = new Map<string, Fingerprint>()
const NAMES_MAX = 10_000

export function printOfName(name: string): Fingerprint {
  let print = names.get(name)
  if (print === undefined) {
    if (names.size === NAMES_MAX) names.clear()
    print = fingerprintOf(
      new Uint8Array(Uint16Array.from(`${name}\0${name.length % 2 === 0 ? '\0' : ''}`, codeOf).buffer),
    )
    names.set(name, print)
  }
  return print
}

function codeOf(character: string): number {
  return character.charCodeAt(0)
}

/** Of a set of parts, each at its own place, in whatever order they are told. Parts whose fingerprint is 0 are not there. */
export class FingerprintSum {
  #a: number
  #b: number

  constructor(first: number, second: number) {
    this.#a = mixed(first, 0x27d4eb2f)
    this.#b = mixed(first ^ Math.imul(second + 1, 0x165667b1), 0x9e3779b1)
  }

  add(place: number, print: Fingerprint): void {
    if (print === 0) return
    const low = print | 0
    const high = (print / HIGH) | 0
    const at = mixed(place, 0x85ebca6b) ^ ((place / HIGH) | 0)
    this.#a = (this.#a + mixed(low ^ at, 0xc2b2ae35)) | 0
    this.#b = (this.#b + mixed((high + at) ^ Math.imul(low, 0x27d4eb2f), 0x9e3779b1)) | 0
  }

  /** Never 0. */
  get value(): Fingerprint {
    return joined(this.#a, this.#b) || 1
  }
}

function joined(a: number, b: number): Fingerprint {
  return (b & HIGH_MASK) * HIGH + (a >>> 0)
}

function mixed(value: number, factor: number): number {
  let word = Math.imul(value | 0, factor)
  word ^= word >>> 16
  word = Math.imul(word, 0x7feb352d)
  return word ^ (word >>> 15)
}
