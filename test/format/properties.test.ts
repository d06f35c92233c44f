import { tryProperties } from '../properties/try-properties.ts'
import { FORMAT_PROPERTIES } from './properties.ts'
import { SCANNER_PROPERTIES } from './scanner-properties.ts'

tryProperties('the format', FORMAT_PROPERTIES)
tryProperties('the scanner', SCANNER_PROPERTIES)
