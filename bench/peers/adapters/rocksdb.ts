import { findPackage, loadPackage } from '../installed.ts'
import type { Peer } from '../peer.ts'
import { type LevelClass, levelPeer } from './abstract-level.ts'

/**
 * Of the bindings of RocksDB that npm has: `rocksdb` has not been kept, and its binary ends Node 24 when it is loaded;
 * `rocksdb-native` has no synced write. This one syncs batches when asked, though not what `put` writes.
 */
const PACKAGE = '@nxtedition/rocksdb'

export const rocksdb: Peer = levelPeer({
  name: 'rocksdb',
  promise: 'write({ sync: true }) returned: the batch is synced in RocksDB’s log (fdatasync)',
  find: () => findPackage(PACKAGE),
  load: () => loadPackage<{ readonly RocksLevel: LevelClass }>(PACKAGE).RocksLevel,
  batch: 10_000,
  // It writes before it returns.
  inFlight: 1,
})
