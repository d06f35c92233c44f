import { tryProperties } from '../properties/try-properties.ts'
import { ARCHIVE_PROPERTIES } from './properties.ts'

tryProperties('archives', ARCHIVE_PROPERTIES)
