/** A declaration, checked, and laid out for those who compile it. */

import { optionError } from '../../errors.ts'
import { createCodec } from '../codec.ts'
import { isWellFormed } from '../text.ts'
import { Field, type Fields, type Shape } from './field.ts'

/** Fields of one record, those of nested objects counted. */
const FIELDS_MAX = 256
/** Objects inside each other, the record counted. */
const NESTING_MAX = 16
const NAME_LENGTH_MAX = 64
const ENUM_TEXTS_MAX = 1024
const ENUM_LENGTH_MAX = 255

/** A record's declaration. */
export interface RecordPlan {
  readonly name: string
  readonly fields: readonly PlannedField[]
  /** Names of the fields whose texts give the routing key; all of them are there, and are texts. */
  readonly keyNames: readonly string[]
}

export interface PlannedField {
  readonly name: string
  /** From the record down, as in `leg.price`. */
  readonly path: string
  /** The name as it is stored: MessagePack, with its header. */
  readonly key: readonly number[]
  readonly isOptional: boolean
  readonly shape: PlannedShape
}

export type PlannedShape =
  | Exclude<Shape, { kind: 'nested' | 'enum' }>
  | { readonly kind: 'enum'; readonly choices: readonly Choice[]; readonly texts: ReadonlySet<string> }
  | { readonly kind: 'nested'; readonly fields: readonly PlannedField[] }

/** A text of an enum, and how it is stored. */
export interface Choice {
  readonly text: string
  readonly stored: readonly number[]
}

/** @throws ERR_RINGWAL_OPTION, naming the field, for what can not be declared */
export function planFields(fields: Fields): readonly PlannedField[] {
  const count = { left: FIELDS_MAX }
  return planLevel(fields, '', 1, count)
}

/** @throws ERR_RINGWAL_OPTION */
export function checkName(option: string, name: unknown): string {
  const isName = typeof name === 'string' && name !== '' && name.length <= NAME_LENGTH_MAX && isWellFormed(name)
  if (!isName) throw optionError(option, name, `a text of 1 to ${NAME_LENGTH_MAX} characters`)
  return name
}

/** @throws ERR_RINGWAL_OPTION for names that are not those of texts */
export function planKey(names: readonly string[], fields: readonly PlannedField[]): readonly string[] {
  if (new Set(names).size < names.length) throw optionError('key', names.join(', '), 'each field once')
  for (const name of names) {
    const field = fields.find((field) => field.name === name)
    const isText = field !== undefined && (field.shape.kind === 'string' || field.shape.kind === 'enum')
    if (!isText || field.isOptional) throw optionError('key', name, 'names of strings and enums that are not optional')
  }
  return names
}

function planLevel(fields: Fields, above: string, level: number, count: { left: number }): readonly PlannedField[] {
  const option = above === '' ? 'fields' : `fields.${above}`
  if (typeof fields !== 'object' || fields === null) throw optionError(option, fields, 'an object of fields')
  if (level > NESTING_MAX) throw optionError(option, 'more', `at most ${NESTING_MAX} objects inside each other`)
  const names = Object.keys(fields)
  count.left -= names.length
  if (count.left < 0) throw optionError(option, 'more', `at most ${FIELDS_MAX} fields in all`)
  if (names.length === 0) throw optionError(option, 'no field', 'one field at least')
  return names.map((name) => {
    checkFieldName(option, name)
    const path = above === '' ? name : `${above}.${name}`
    const field: unknown = fields[name]
    if (!(field instanceof Field)) throw optionError(`fields.${path}`, field, 'what field.string() and its like make')
    const shape = planShape(field.shape, path, level, count)
    return { name, path, key: stored(name), isOptional: field.isOptional, shape }
  })
}

function planShape(shape: Shape, path: string, level: number, count: { left: number }): PlannedShape {
  if (shape.kind === 'nested') return { kind: 'nested', fields: planLevel(shape.fields, path, level + 1, count) }
  if (shape.kind !== 'enum') return shape
  const texts = new Set(shape.texts)
  const isFine = texts.size > 0 && texts.size <= ENUM_TEXTS_MAX && texts.size === shape.texts.length
  if (!isFine) throw optionError(`fields.${path}`, shape.texts, `1 to ${ENUM_TEXTS_MAX} texts, no two the same`)
  for (const text of texts) {
    const isText = typeof text === 'string' && text.length <= ENUM_LENGTH_MAX && isWellFormed(text)
    if (!isText) throw optionError(`fields.${path}`, text, `texts of up to ${ENUM_LENGTH_MAX} characters`)
  }
  return { kind: 'enum', texts, choices: shape.texts.map((text) => ({ text, stored: stored(text) })) }
}

/**
 * JavaScript puts numbers before all other names, whatever the order in the source; and every object answers to the
 * names of Object.prototype, so that such a field would never be missing.
 */
function checkFieldName(option: string, name: string): void {
  checkName(option, name)
  if (/^\d+$/.test(name)) throw optionError(option, name, 'names that are no numbers')
  if (name in Object.prototype) throw optionError(option, name, 'names that not every object has')
}

const codec = createCodec({ useBigInt64: false })

function stored(text: string): readonly number[] {
  return [...codec.encode(text)]
}
