/**
 * A decoder as straight-line code: names are compared in words, values taken into variables, and the object made at the
 * end in one go.
 *
 *     if (!(p + 6 <= end && view.getInt32(p, true) === 1684612260 && …)) return      not the declared layout
 *     if ((v1 = takeText(bytes, view, p + 6, cursor, shortText)) === undefined) return
 *     p = cursor.at
 *     return { "id": v1 }
 */

import { COMPILED_CHOICES_MAX } from './compile-encoder.ts'
import { mapHeader, sourceOfMatch } from './constant.ts'
import type { Decode } from './decode.ts'
import type { Choice, PlannedField, PlannedShape } from './plan.ts'
import * as take from './take.ts'
import { compileShortText, takeText } from './take-text.ts'

/** @throws EvalError where code must not be made of strings */
export function compileDecoder(fields: readonly PlannedField[], useBigInt64: boolean): Decode {
  const runtime = { ...take, takeText, shortText: compileShortText() }
  const { source, sets } = new DecoderSource(useBigInt64).write(fields, Object.keys(runtime))
  const make = new Function('runtime', 'sets', source) as (...given: unknown[]) => Decode
  return make(runtime, sets)
}

class DecoderSource {
  private readonly useBigInt64: boolean
  private readonly sets: ReadonlySet<string>[] = []
  private readonly variables: string[] = []
  private body = ''
  private constant: number[] = []
  private numbered = 0

  constructor(useBigInt64: boolean) {
    this.useBigInt64 = useBigInt64
  }

  write(
    fields: readonly PlannedField[],
    imports: readonly string[],
  ): { source: string; sets: readonly ReadonlySet<string>[] } {
    const whole = this.object(fields)
    this.flush()
    const source = `'use strict'
const { ${imports.join(', ')} } = runtime
return function decode(bytes, view, at, cursor) {
const end = cursor.end
let p = at, ${this.variables.join(', ')}
${this.body}if (p !== end) return
return ${whole}
}`
    return { source, sets: this.sets }
  }

  /** @returns an expression that is the object once the code was run */
  private object(fields: readonly PlannedField[]): string {
    const optional = fields.filter(({ isOptional }) => isOptional).length
    if (optional === 0) {
      this.constant.push(...mapHeader(fields.length))
      return `{ ${fields.map((field) => `${JSON.stringify(field.name)}: ${this.member(field)}`).join(', ')} }`
    }
    this.flush()
    const left = this.variable()
    this.body += `${left} = takeMapHeader(bytes, view, p, cursor)\nif (${left} < 0) return\np = cursor.at\n`
    this.body += `${left} -= ${fields.length - optional}\n`
    const members = fields.map((field) => ({ field, value: this.member(field, left) }))
    this.flush()
    this.body += `if (${left} !== 0) return\n`
    return this.sparse(members)
  }

  /** An object in which members may be missing: it is made with those before the first such, the others are added. */
  private sparse(members: readonly { field: PlannedField; value: string }[]): string {
    const object = this.variable()
    const first = members.findIndex(({ field }) => field.isOptional)
    const literal = members.slice(0, first).map(({ field, value }) => `${JSON.stringify(field.name)}: ${value}`)
    this.body += `${object} = { ${literal.join(', ')} }\n`
    for (const { field, value } of members.slice(first)) {
      const condition = field.isOptional ? `if (${value} !== undefined) ` : ''
      this.body += `${condition}${object}[${JSON.stringify(field.name)}] = ${value}\n`
    }
    return object
  }

  private member({ key, isOptional, shape }: PlannedField, left = ''): string {
    if (!isOptional) {
      this.constant.push(...key)
      return this.shape(shape)
    }
    this.flush()
    const member = this.variable()
    // The count is looked at first: what stands here may be a member of the object around, and have the same name.
    this.body += `${member} = undefined\nif (${left} > 0 && ${sourceOfMatch(key)}) {\np += ${key.length}\n${left}--\n`
    const value = this.shape(shape)
    this.flush()
    this.body += `${member} = ${value}\n}\n`
    return member
  }

  private shape(shape: PlannedShape): string {
    switch (shape.kind) {
      case 'string':
        return this.value('takeText(bytes, view, p, cursor, shortText)')
      case 'integer':
        return this.value(`takeInteger(bytes, view, p, cursor, ${shape.min}, ${shape.max}, ${this.useBigInt64})`)
      case 'f64':
        return this.value(`takeNumber(bytes, view, p, cursor, ${this.useBigInt64})`)
      case 'bigint':
        return this.value(
          this.useBigInt64 ? `takeBigInt(bytes, view, p, cursor, ${shape.min}n, ${shape.max}n)` : 'undefined',
        )
      case 'bool':
        return this.value('takeBoolean(bytes, p, cursor)')
      case 'bytes':
        return this.value('takeBytes(bytes, view, p, cursor)')
      case 'timestamp':
        return this.value('takeTimestamp(bytes, view, p, cursor)')
      case 'enum':
        return this.enum(shape.choices, shape.texts)
      case 'nested':
        return this.object(shape.fields)
      case 'any':
        return this.value('undefined')
    }
  }

  private value(source: string): string {
    const variable = this.variable()
    this.flush()
    this.body += `if ((${variable} = ${source}) === undefined) return\np = cursor.at\n`
    return variable
  }

  private enum(choices: readonly Choice[], texts: ReadonlySet<string>): string {
    if (choices.length > COMPILED_CHOICES_MAX) {
      const variable = this.value('takeText(bytes, view, p, cursor, shortText)')
      this.sets.push(texts)
      this.body += `if (!sets[${this.sets.length - 1}].has(${variable})) return\n`
      return variable
    }
    const variable = this.variable()
    this.flush()
    const tests = choices.map(({ text, stored }) => {
      return `if (${sourceOfMatch(stored)}) { ${variable} = ${JSON.stringify(text)}; p += ${stored.length} }\n`
    })
    this.body += `${tests.join('else ')}else return\n`
    return variable
  }

  private variable(): string {
    const variable = `v${this.numbered++}`
    this.variables.push(variable)
    return variable
  }

  private flush(): void {
    if (this.constant.length === 0) return
    this.body += `if (!(${sourceOfMatch(this.constant)})) return\np += ${this.constant.length}\n`
    this.constant = []
  }
}
