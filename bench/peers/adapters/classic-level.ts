import { findPackage, loadPackage } from '../installed.ts'
import type { Peer } from '../peer.ts'
import { type LevelClass, levelPeer } from './abstract-level.ts'

export const classicLevel: Peer = levelPeer({
  name: 'classic-level',
  promise: 'write({ sync: true }) resolved: the batch is synced in LevelDB’s log (fdatasync)',
  find: () => findPackage('classic-level'),
  load: () => loadPackage<{ readonly ClassicLevel: LevelClass }>('classic-level').ClassicLevel,
  batch: 1000,
  inFlight: 2,
})
