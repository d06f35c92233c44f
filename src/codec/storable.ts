/** The check before encoding: whatever MessagePack would lose or change in silence is refused. */

import { MAX_BIN_BYTES, MAX_DEPTH } from './limits.ts'
import { describeInstance, type Refusal, refusalError } from './refusal.ts'
import { isWellFormed } from './text.ts'

/** Needs of a value that the encoder's fastest settings do not meet; they add up with `|`. */
export const LEAVES_OUT_UNDEFINED = 1
export const HAS_NEGATIVE_ZERO = 2

const REFUSED = -1

/** The range of a MessagePack integer: the lowest i64 and the highest u64. */
const LOWEST_BIGINT = -(2n ** 63n)
const HIGHEST_BIGINT = 2n ** 64n - 1n

/**
 * A key longer than this, in UTF-16 units, that begins with U+FEFF can be longer than 200 bytes in UTF-8. The library
 * decodes such keys natively, which drops the mark.
 */
const MARKED_KEY_LENGTH = 66

/** Checks in one pass. A fine value costs no allocation but an empty symbol list per object; the path is built on refusal. */
export class StorableCheck {
  private readonly useBigInt64: boolean
  // Set only while a refusal travels up, when no code of the caller (a getter) can run and begin another check.
  private refusal: Refusal | undefined = undefined

  constructor(useBigInt64: boolean) {
    this.useBigInt64 = useBigInt64
  }

  /** Returns the needs of a storable value. Throws ERR_RINGWAL_VALUE with `path` and `reason` for any other. */
  check(value: unknown): number {
    const needs = this.visit(value, 1)
    if (needs !== REFUSED) return needs
    const refusal = this.refusal!
    this.refusal = undefined
    throw refusalError(refusal)
  }

  private visit(value: unknown, depth: number): number {
    switch (typeof value) {
      case 'string':
        return isWellFormed(value) ? 0 : this.refuse('a string with a lone surrogate')
      case 'number':
        return Object.is(value, -0) ? HAS_NEGATIVE_ZERO : 0
      case 'boolean':
        return 0
      case 'object':
        return value === null ? 0 : this.visitObject(value, depth)
      case 'bigint':
        return this.visitBigInt(value)
      case 'undefined':
        return this.refuse('undefined')
      default:
        return this.refuse(`a ${typeof value}`)
    }
  }

  private visitBigInt(value: bigint): number {
    if (!this.useBigInt64) return this.refuse('a bigint (set useBigInt64 to store bigints of 64 bits)')
    if (value < LOWEST_BIGINT || value > HIGHEST_BIGINT) return this.refuse('a bigint past 64 bits')
    return 0
  }

  private visitObject(value: object, depth: number): number {
    const prototype: unknown = Object.getPrototypeOf(value)
    if (Array.isArray(value)) {
      return prototype === Array.prototype ? this.visitArray(value, depth) : this.refuse(describeInstance(value))
    }
    if (prototype === Object.prototype || prototype === null) {
      return this.visitPlain(value as Record<string, unknown>, depth)
    }
    if (prototype === Date.prototype) return Number.isNaN(timeOf(value)) ? this.refuse('an invalid Date') : 0
    if (ArrayBuffer.isView(value) && value instanceof Uint8Array) return this.visitBytes(value)
    return this.refuse(describeInstance(value))
  }

  private visitPlain(value: Record<string, unknown>, depth: number): number {
    if (depth > MAX_DEPTH) return this.refuseDepth()
    const symbols = Object.getOwnPropertySymbols(value)
    if (symbols.length > 0) return this.refuseAt('a symbol key', value, symbols[0]!)
    let needs = 0
    // for-in also meets what Object.prototype was given. The encoder does not, so a refusal of that must not count.
    for (const key in value) {
      const fault = keyFault(key)
      if (fault !== undefined && Object.hasOwn(value, key)) return this.refuseAt(fault, value, key)
      const member = value[key]
      if (member === undefined) {
        needs |= LEAVES_OUT_UNDEFINED
        continue
      }
      const below = this.visit(member, depth + 1)
      if (below !== REFUSED) needs |= below
      else if (Object.hasOwn(value, key)) return this.pass(value, key)
    }
    return needs
  }

  private visitArray(value: readonly unknown[], depth: number): number {
    if (depth > MAX_DEPTH) return this.refuseDepth()
    let needs = 0
    for (let index = 0; index < value.length; index++) {
      const element = value[index]
      if (element === undefined) {
        return this.refuseAt(index in value ? 'undefined in an array' : 'a hole in an array', value, index)
      }
      const below = this.visit(element, depth + 1)
      if (below === REFUSED) return this.pass(value, index)
      needs |= below
    }
    return needs
  }

  private visitBytes(value: Uint8Array): number {
    if (value.byteLength > MAX_BIN_BYTES) return this.refuse('a Uint8Array of more than 4 GiB')
    return value.byteLength === 0 && isDetached(value) ? this.refuse('a Uint8Array whose buffer is detached') : 0
  }

  private refuse(reason: string): number {
    this.refusal = { reason, steps: [], tooDeep: false }
    return REFUSED
  }

  private refuseDepth(): number {
    this.refusal = { reason: `nested deeper than ${MAX_DEPTH} objects and arrays`, steps: [], tooDeep: true }
    return REFUSED
  }

  private refuseAt(reason: string, holder: object, key: string | number | symbol): number {
    this.refuse(reason)
    return this.pass(holder, key)
  }

  private pass(holder: object, key: string | number | symbol): number {
    this.refusal!.steps.push({ holder, key })
    return REFUSED
  }
}

function keyFault(key: string): string | undefined {
  if (key === '__proto__') return 'the key __proto__'
  if (!isWellFormed(key)) return 'a key with a lone surrogate'
  if (key.length > MARKED_KEY_LENGTH && key.startsWith('\u{feff}')) return 'a long key that begins with U+FEFF'
  return undefined
}

/** NaN also for an object that only has the prototype of a Date. */
export function timeOf(value: object): number {
  try {
    return Date.prototype.getTime.call(value)
  } catch {
    return Number.NaN
  }
}

/** Also true for a view that a resizable buffer has shrunk away from. Both read as empty, and are not. */
export function isDetached(value: Uint8Array): boolean {
  try {
    value.includes(0)
    return false
  } catch {
    return true
  }
}
