/** MessagePack records: encode any storable value, decode any bytes. */

export { type Codec, type CodecSettings, createCodec } from './codec.ts'
export {
  DeclaredRecord,
  defineRecord,
  type Field,
  type FieldKinds,
  type Fields,
  field,
  type RecordDeclaration,
  type RecordOf,
  type Room,
  ScratchRoom,
  type TextNames,
  type ValueOf,
} from './declared/index.ts'
export type { PayloadDecoder, RecordSource } from './payload-decoder.ts'
export { HASH_SEED, hashBytes, hashText, hashZero, keyOfHash, routingKey } from './routing-key.ts'
