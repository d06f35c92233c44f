import { RingwalError } from '../../../src/index.ts'
import type { Found, Peer } from '../peer.ts'
import { type SqliteDatabase, sqlitePeer } from './sqlite.ts'

interface NodeSqlite {
  readonly DatabaseSync: new (file: string) => SqliteDatabase
}

export const nodeSqlite: Peer = sqlitePeer('node:sqlite', 'FULL', find, (file) => {
  const loaded = load()
  if (loaded === undefined) throw new RingwalError('ERR_RINGWAL_NOT_FOUND', missing())
  return new loaded.DatabaseSync(file)
})

function find(): Found {
  const { sqlite } = process.versions
  return load() === undefined
    ? { missing: missing() }
    : { version: `${process.version}, SQLite ${sqlite ?? 'unknown'}` }
}

/** Node 22.5 to 22.12 have it behind a flag, which nothing here sets. */
function missing(): string {
  return `Node ${process.version} has no node:sqlite; 22.13 and later have it`
}

function load(): NodeSqlite | undefined {
  return process.getBuiltinModule('node:sqlite') as NodeSqlite | undefined
}
