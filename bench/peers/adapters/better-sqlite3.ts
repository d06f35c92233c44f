import { findPackage, loadPackage } from '../installed.ts'
import type { Peer } from '../peer.ts'
import { type SqliteDatabase, type Synchronous, sqlitePeer } from './sqlite.ts'

type Database = new (file: string) => SqliteDatabase

export const betterSqlite3: Peer = peer('better-sqlite3', 'FULL')
export const betterSqlite3Normal: Peer = peer('better-sqlite3-normal', 'NORMAL')

function peer(name: string, synchronous: Synchronous): Peer {
  const find = () => findPackage<Database>('better-sqlite3', (Loaded) => new Loaded(':memory:').close())
  return sqlitePeer(name, synchronous, find, (file) => new (loadPackage<Database>('better-sqlite3'))(file))
}
