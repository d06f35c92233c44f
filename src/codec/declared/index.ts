/** Declared records: an encoder and a decoder of its own for each record type. */

export { Field, type FieldKinds, type Fields, field, type TextNames, type ValueOf } from './field.ts'
export { DeclaredRecord, defineRecord, type RecordDeclaration, type RecordOf } from './record.ts'
export { type Room, ScratchRoom } from './room.ts'
