import { ARCHIVE_PROPERTIES } from '../archive/properties.ts'
import { CODEC_PROPERTIES } from '../codec/properties.ts'
import { FORMAT_PROPERTIES } from '../format/properties.ts'
import { SCANNER_PROPERTIES } from '../format/scanner-properties.ts'
import { REPAIR_PROPERTIES } from '../repair/properties.ts'
import { REPLAY_PROPERTIES } from '../replay/properties.ts'
import type { Property } from '../support/property.ts'

/** All properties, by the part of the log that they are of. */
export const PROPERTIES: Readonly<Record<string, readonly Property[]>> = {
  codec: CODEC_PROPERTIES,
  format: FORMAT_PROPERTIES,
  scanner: SCANNER_PROPERTIES,
  repair: REPAIR_PROPERTIES,
  replay: REPLAY_PROPERTIES,
  archive: ARCHIVE_PROPERTIES,
}
