import { tryProperties } from '../properties/try-properties.ts'
import { CODEC_PROPERTIES } from './properties.ts'

tryProperties('the codec', CODEC_PROPERTIES)
