/**
 * An encoder as straight-line code. It reads every member once, into variables, and checks it; then it takes room; then
 * it writes. So nothing of the caller's runs, and nothing is refused, once the room is taken (but for lone surrogates,
 * which are looked for only in texts that are not ASCII).
 *
 *     v1 = value["price"]                                reading
 *     if (!(isPlainNumber(v1))) return -1                what is not to be written so
 *     let p = room.claim(87 + t2)                        taking
 *     view.setInt32(p, 1684612260, true); p += 4         writing
 *     p = putNumber(bytes, view, p, v1, false)
 */

import { mapHeader, sourceOfPut } from './constant.ts'
import type { Encode } from './encode.ts'
import { bytesLength, isObject, timeOfDate } from './fits.ts'
import * as keys from './key-hash.ts'
import type { Choice, PlannedField, PlannedShape, RecordPlan } from './plan.ts'
import * as put from './put.ts'
import { putText, textBytesMax } from './put-text.ts'
import { SLACK_BYTES } from './room.ts'

/** Enums of more texts are looked up in their set, and written as texts: code for each would not stay small. */
export const COMPILED_CHOICES_MAX = 16

const runtime = { ...put, ...keys, putText, textBytesMax, bytesLength, isObject, timeOfDate }

/** @throws EvalError where code must not be made of strings */
export function compileEncoder({ fields, keyNames }: RecordPlan, useBigInt64: boolean): Encode {
  const { source, sets } = new EncoderSource(keyNames, useBigInt64).write(fields)
  const make = new Function('runtime', 'sets', source) as (...given: unknown[]) => Encode
  return make(runtime, sets)
}

class EncoderSource {
  private readonly keyNames: readonly string[]
  private readonly useBigInt64: boolean
  private readonly sets: ReadonlySet<string>[] = []
  private readonly variables: string[] = []
  private readonly terms: string[] = []
  private reading = ''
  private writing = ''
  private most = SLACK_BYTES
  private constant: number[] = []
  private numbered = 0

  constructor(keyNames: readonly string[], useBigInt64: boolean) {
    this.keyNames = keyNames
    this.useBigInt64 = useBigInt64
  }

  write(fields: readonly PlannedField[]): { source: string; sets: readonly ReadonlySet<string>[] } {
    this.object(fields, 'value')
    this.flush()
    this.variables.push(...this.keyNames.map((_, index) => `k${index}`))
    const source = `'use strict'
const { ${Object.keys(runtime).join(', ')} } = runtime
return function encode(value, room) {
let ${this.variables.join(', ')}
${this.reading}let p = room.claim(${[this.most, ...this.terms].join(' + ')})
if (p < 0) return -1
const bytes = room.bytes, view = room.view
${this.writing}room.key = ${this.key()}
return p
}`
    return { source, sets: this.sets }
  }

  private object(fields: readonly PlannedField[], owner: string): void {
    const variables = fields.map(() => this.variable('v'))
    const optional = variables.filter((_, index) => fields[index]!.isOptional)
    const always = fields.length - optional.length
    // Where a member must be there, what is not to have members is found out by that.
    this.refuseUnless(always > 0 ? `typeof ${owner} === 'object' && ${owner} !== null` : `isObject(${owner})`)
    if (optional.length === 0) this.constant.push(...mapHeader(always))
    else {
      this.flush()
      const count = [always, ...optional.map((variable) => `(${variable} === undefined ? 0 : 1)`)].join(' + ')
      this.writing += `p = putMapHeader(bytes, view, p, ${count})\n`
    }
    this.most += put.MAP_HEADER_MAX
    for (const [index, field] of fields.entries()) this.member(field, variables[index]!, owner)
  }

  private member({ name, key, isOptional, shape }: PlannedField, variable: string, owner: string): void {
    this.reading += `${variable} = ${owner}[${JSON.stringify(name)}]\n`
    this.most += key.length
    if (isOptional) {
      this.flush()
      this.reading += `if (${variable} !== undefined) {\n`
      this.writing += `if (${variable} !== undefined) {\n`
    }
    this.constant.push(...key)
    const keyIndex = owner === 'value' ? this.keyNames.indexOf(name) : -1
    if (keyIndex >= 0) {
      this.flush()
      this.writing += `k${keyIndex} = p\n`
    }
    this.shape(shape, variable)
    if (isOptional) {
      this.flush()
      this.reading += '}\n'
      this.writing += '}\n'
    }
  }

  private shape(shape: PlannedShape, variable: string): void {
    const { useBigInt64 } = this
    if (shape.kind === 'nested') {
      this.object(shape.fields, variable)
    } else if (shape.kind === 'string') this.text(variable, `typeof ${variable} === 'string'`)
    else if (shape.kind === 'enum') this.enum(variable, shape.choices, shape.texts)
    else if (shape.kind === 'bytes') this.bytes(variable)
    else if (shape.kind === 'timestamp') this.timestamp(variable)
    else if (shape.kind === 'integer') {
      this.refuseUnless(`isPlainInteger(${variable}, ${shape.min}, ${shape.max})`)
      this.number(`p = putInteger(bytes, view, p, ${variable}, ${useBigInt64})`)
    } else if (shape.kind === 'f64') {
      this.refuseUnless(`isPlainNumber(${variable})`)
      this.number(`p = putNumber(bytes, view, p, ${variable}, ${useBigInt64})`)
    } else if (shape.kind === 'bigint') {
      this.refuseUnless(`${useBigInt64} && isBigIntFrom(${variable}, ${shape.min}n, ${shape.max}n)`)
      this.number(`p = putBigInt(bytes, view, p, ${variable})`)
    } else if (shape.kind === 'bool') {
      this.refuseUnless(`typeof ${variable} === 'boolean'`)
      this.number(`bytes[p++] = ${variable} ? 0xc3 : 0xc2`)
    } else this.refuseUnless('false')
  }

  private text(variable: string, isFit: string): void {
    this.refuseUnless(isFit)
    this.terms.push(this.term(`textBytesMax(${variable})`))
    this.flush()
    this.writing += sourceOfShortText(variable)
  }

  private number(source: string): void {
    this.most += put.NUMBER_BYTES_MAX
    this.flush()
    this.writing += `${source}\n`
  }

  private enum(variable: string, choices: readonly Choice[], texts: ReadonlySet<string>): void {
    if (choices.length > COMPILED_CHOICES_MAX) {
      this.sets.push(texts)
      this.text(variable, `sets[${this.sets.length - 1}].has(${variable})`)
    } else this.choices(variable, choices)
  }

  private choices(variable: string, choices: readonly Choice[]): void {
    const labels = choices.map(({ text }) => `case ${JSON.stringify(text)}:`)
    this.reading += `switch (${variable}) {\n${labels.join(' ')} break\ndefault: return -1\n}\n`
    this.most += Math.max(...choices.map(({ stored }) => stored.length))
    this.flush()
    const cases = choices.map(({ stored }, index) => `${labels[index]} ${sourceOfPut(stored)}break\n`)
    this.writing += `switch (${variable}) {\n${cases.join('')}}\n`
  }

  private bytes(variable: string): void {
    const length = this.term(`bytesLength(${variable})`)
    this.refuseUnless(`${length} >= 0`)
    this.terms.push(length)
    this.most += put.BYTES_HEADER_MAX
    this.flush()
    this.writing += `p = putBytes(bytes, view, p, ${variable}, ${length})\n`
  }

  private timestamp(variable: string): void {
    const time = this.term(`timeOfDate(${variable})`)
    this.refuseUnless(`${time} === ${time}`)
    this.most += put.TIMESTAMP_BYTES_MAX
    this.flush()
    this.writing += `p = putTimestamp(view, p, ${time})\n`
  }

  /** The routing key is made of the texts as they stand in the record: faster than to go over the strings again. */
  private key(): string {
    if (this.keyNames.length === 0) return '0'
    const hash = this.keyNames.reduce((before, _, index) => {
      const seed = index === 0 ? 'HASH_SEED' : `hashZero(${before})`
      return `hashStored(${seed}, bytes, view, k${index})`
    }, '')
    return `keyOfHash(${hash}) | 0`
  }

  private refuseUnless(isFit: string): void {
    this.reading += `if (!(${isFit})) return -1\n`
  }

  /** A number that is found out while reading; 0 where an optional field is missing. */
  private term(source: string): string {
    const variable = this.variable('t')
    this.reading += `${variable} = ${source}\n`
    return variable
  }

  private variable(letter: string): string {
    const variable = `${letter}${this.numbered++}`
    this.variables.push(letter === 't' ? `${variable} = 0` : variable)
    return variable
  }

  private flush(): void {
    this.writing += sourceOfPut(this.constant)
    this.constant = []
  }
}

/** Most texts are short and ASCII. To write them here, and not in a call, takes an eighth off the whole. */
function sourceOfShortText(text: string): string {
  return `{
const length = ${text}.length
let i = -1
if (length < 32) {
bytes[p] = 0xa0 | length
for (i = 0; i < length; i++) {
const code = ${text}.charCodeAt(i)
if (code > 0x7f) break
bytes[p + 1 + i] = code
}
}
p = i === length ? p + 1 + length : putText(room, bytes, p, ${text})
}
`
}
