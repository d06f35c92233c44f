import { join } from 'node:path'
import { commitLog } from '../commit-log.ts'
import type { Peer, PeerOpening } from '../peer.ts'

/** What better-sqlite3 and node:sqlite have in common. */
export interface SqliteDatabase {
  exec(sql: string): void
  prepare(sql: string): SqliteStatement
  close(): void
}
interface SqliteStatement {
  run(...values: Uint8Array[]): unknown
  iterate(): Iterable<unknown>
}

export type Synchronous = 'FULL' | 'NORMAL'

const PROMISES: Readonly<Record<Synchronous, string>> = {
  FULL: 'COMMIT returned, WAL, synchronous=FULL: the write-ahead log is synced (fsync)',
  NORMAL: 'COMMIT returned, WAL, synchronous=NORMAL: no sync before the next checkpoint; power loss takes commits back',
}

/** A table with a row for each record. */
export function sqlitePeer(
  name: string,
  synchronous: Synchronous,
  find: Peer['find'],
  openFile: (file: string) => SqliteDatabase,
): Peer {
  return {
    name,
    promise: PROMISES[synchronous],
    isDurable: synchronous === 'FULL',
    // Without a sync for each there is less to share.
    batch: synchronous === 'FULL' ? 10_000 : 1000,
    find,
    open: (opening) => sqliteLog(openFile(fileIn(opening.dir)), synchronous, opening),
    *read(dir) {
      const db = openFile(fileIn(dir))
      for (const row of db.prepare('SELECT record FROM records ORDER BY id').iterate()) {
        yield (row as { record: Uint8Array }).record
      }
      db.close()
    },
  }
}

function sqliteLog(db: SqliteDatabase, synchronous: Synchronous, { payloads, batch }: PeerOpening) {
  db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = ${synchronous}`)
  db.exec('CREATE TABLE records (id INTEGER PRIMARY KEY, record BLOB NOT NULL)')
  const insert = db.prepare('INSERT INTO records (record) VALUES (?)')
  const [begin, end] = [db.prepare('BEGIN'), db.prepare('COMMIT')]
  const commit = (records: number): void => {
    if (records > 1) begin.run()
    for (let i = 0; i < records; i++) insert.run(payloads.next())
    if (records > 1) end.run()
  }
  return commitLog({ commit, batch, close: () => db.close() })
}

function fileIn(dir: string): string {
  return join(dir, 'records.sqlite')
}
