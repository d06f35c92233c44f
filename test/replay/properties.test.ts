import { tryProperties } from '../properties/try-properties.ts'
import { REPLAY_PROPERTIES } from './properties.ts'

tryProperties('replays', REPLAY_PROPERTIES)
