import { tryProperties } from '../properties/try-properties.ts'
import { REPAIR_PROPERTIES } from './properties.ts'

tryProperties('repairs', REPAIR_PROPERTIES)
