/** MessagePack records: encode any storable value, decode any bytes. */

export { type Codec, type CodecSettings, createCodec } from './codec.ts'
