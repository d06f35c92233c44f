import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Wal } from '../../src/index.ts'
import type { LifeOrder } from './life.ts'
import { NumberedRecords } from './numbered-records.ts'

const RECORDS = 40
const HEADER_PAGE_BYTES = 4096

/**
 * Makes the log of an order as a crash leaves it: never closed, with the half of a frame behind its last record, a next
 * segment of which there is only the file, and a file of a retired one that waits for use.
 * @returns its last LSN
 */
export async function layCrashedLog(order: LifeOrder): Promise<number> {
  const { dir, seed, bytesMax, segmentBytes } = order
  const home = mkdtempSync(`${dir}-live-`)
  const records = new NumberedRecords(seed, bytesMax)
  const wal = await Wal.open({
    dir: home,
    segmentBytes,
    ringBytes: 1 << 18,
    exitFlushMs: 0,
    sync: { policy: 'always' },
  })
  try {
    while (wal.lastLsn < RECORDS) wal.appendBytesBatch(records.portionBehind(wal.lastLsn))
    await wal.flush()
    mkdirSync(dir, { mode: 0o700 })
    for (const name of readdirSync(home).filter((name) => name.endsWith('.rwal')))
      copyFileSync(join(home, name), join(dir, name))
    spoil(dir)
    return wal.lastLsn
  } finally {
    await wal.close()
    rmSync(home, { recursive: true })
  }
}

function spoil(dir: string): void {
  const names = readdirSync(dir).sort()
  const last = names.findLast((name) => endOf(readFileSync(join(dir, name))) > HEADER_PAGE_BYTES)!
  const bytes = readFileSync(join(dir, last))
  const end = endOf(bytes)
  bytes.fill(0x55, end, Math.min(end + 24, bytes.length))
  writeFileSync(join(dir, last), bytes)
  const next = `${String(Number.parseInt(last, 10) + 1).padStart(20, '0')}.rwal`
  writeFileSync(join(dir, next), new Uint8Array(HEADER_PAGE_BYTES))
  writeFileSync(join(dir, `recycled-${'1'.padStart(20, '0')}.spare`), new Uint8Array(HEADER_PAGE_BYTES))
}

/** Behind the last byte that is not zero, where a frame can start. */
function endOf(bytes: Uint8Array): number {
  return (bytes.findLastIndex((byte) => byte !== 0) + 8) & ~7
}
