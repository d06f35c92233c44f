/** Logs on the disk of the machine, for replays on threads of their own. */
import { join } from 'node:path'
import { Wal } from '../../src/index.ts'
import type { BytesRecord } from '../../src/wal/appender.ts'
import { temporaryDirectory } from '../storage/temporary-directory.ts'

/** A closed log of these records, in segments of so many bytes. @returns its directory */
export async function writeLog(records: Iterable<BytesRecord>, segmentBytes: number = 1 << 20): Promise<string> {
  const dir = join(temporaryDirectory(), 'log')
  const wal = await Wal.open({ dir, segmentBytes, sync: { policy: 'never' } })
  for (const { bytes, ...facts } of records) wal.appendBytes(bytes, facts)
  await wal.close()
  return dir
}

/** `count` records of so many bytes, each of another key, whose first bytes a test says by their LSN. */
export function* recordsOf(
  count: number,
  length: number,
  firstByte: (lsn: number) => number = () => 0,
): Generator<BytesRecord> {
  for (let lsn = 1; lsn <= count; lsn++) yield { key: lsn, bytes: new Uint8Array(length).fill(firstByte(lsn), 0, 1) }
}
