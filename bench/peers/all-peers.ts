import { optionError } from '../../src/errors.ts'
import { bareFile, bareFilePrefilled } from './adapters/bare-file.ts'
import { betterSqlite3, betterSqlite3Normal } from './adapters/better-sqlite3.ts'
import { classicLevel } from './adapters/classic-level.ts'
import { hypercore, hypercoreSynced } from './adapters/hypercore.ts'
import { lmdb } from './adapters/lmdb.ts'
import { nodeSqlite } from './adapters/node-sqlite.ts'
import { ringwal, ringwalDefaults } from './adapters/ringwal.ts'
import { rocksdb } from './adapters/rocksdb.ts'
import { sonicBoom } from './adapters/sonic-boom.ts'
import type { Peer } from './peer.ts'

export const PEERS: readonly Peer[] = [
  ringwal,
  ringwalDefaults,
  lmdb,
  betterSqlite3,
  betterSqlite3Normal,
  nodeSqlite,
  classicLevel,
  rocksdb,
  hypercore,
  hypercoreSynced,
  sonicBoom,
  bareFile,
  bareFilePrefilled,
]

/** @throws ERR_RINGWAL_OPTION if there is none of this name */
export function peerNamed(wanted: string): Peer {
  const peer = PEERS.find(({ name }) => name === wanted)
  if (peer !== undefined) return peer
  throw optionError('peers', wanted, PEERS.map(({ name }) => name).join(', '))
}
