/** A log of real files, for tests of what opening makes of damage. */
import { readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { segmentName } from '../../src/format/index.ts'
import { readWal, Wal } from '../../src/index.ts'
import { temporaryDirectory } from '../storage/temporary-directory.ts'

/** Bytes of the frame that one of its records takes. */
const FRAME_BYTES = 1040

/** A closed log in which record n is 1000 bytes of n, in one segment. */
export async function logOf(count: number): Promise<string> {
  const dir = temporaryDirectory()
  const wal = await Wal.open({ dir, segmentBytes: 1 << 20 })
  for (let lsn = 1; lsn <= count; lsn++) wal.appendBytes(new Uint8Array(1000).fill(lsn))
  await wal.close()
  return dir
}

export function segmentPath(dir: string, number = 1): string {
  return join(dir, segmentName(number))
}

/** Flips a bit in the payload of a record of the first batch. */
export function damageRecord(dir: string, lsn: number): void {
  const path = segmentPath(dir)
  const bytes = readFileSync(path)
  bytes[4096 + (lsn - 1) * FRAME_BYTES + 500]! ^= 1
  writeFileSync(path, bytes)
}

/** Both copies of the header. */
export function destroyHeader(dir: string): void {
  const path = segmentPath(dir)
  const bytes = readFileSync(path)
  bytes.fill(0xee, 40, 60)
  bytes.fill(0xee, 2088, 2108)
  writeFileSync(path, bytes)
}

/** Leaves of record `lsn`, and of all behind it, a few bytes. */
export function tearTail(dir: string, lsn: number): void {
  truncateSync(segmentPath(dir), 4096 + (lsn - 1) * FRAME_BYTES + 100)
}

/** Names, bytes and times of change of all that stands in a directory, and of itself. */
export function stateOf(dir: string): unknown {
  const names = readdirSync(dir).sort()
  const files = names.map((name) => {
    const { mtimeNs, ctimeNs, mode } = statSync(join(dir, name), { bigint: true })
    return { name, mtimeNs, ctimeNs, mode, bytes: readFileSync(join(dir, name)).toString('base64') }
  })
  const { mtimeNs, ctimeNs } = statSync(dir, { bigint: true })
  return { files, mtimeNs, ctimeNs }
}

/** LSNs that a reader gets who goes on past damage. */
export async function lsnsOf(log: Wal | string): Promise<number[]> {
  const lsns: number[] = []
  const options = { onDamage: 'skip' } as const
  for await (const { lsn } of typeof log === 'string' ? readWal(log, options) : log.read(options)) lsns.push(lsn)
  return lsns
}
