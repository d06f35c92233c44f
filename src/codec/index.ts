/** MessagePack records: encode any storable value, decode any bytes. */

export { type Codec, type CodecSettings, createCodec } from './codec.ts'
export { HASH_SEED, hashBytes, hashText, keyOfHash, routingKey } from './routing-key.ts'
