import { cp, open } from 'node:fs/promises'
import { join } from 'node:path'
import { HEADER_PAGE_BYTES } from '../../src/format/index.ts'
import { readWal } from '../../src/read/read-wal.ts'
import { repairLog } from '../../src/repair/index.ts'
import { verifyLog } from '../../src/verify/verify-log.ts'
import type { Random } from '../demo/random.ts'
import type { Stopwatch } from './stopwatch.ts'

/** Records of which a bit is flipped. */
const FLIPS = 3

export interface DamagedCopy {
  /** The repaired log. */
  readonly dir: string
  readonly damageMade: number
  readonly damageFound: number
}

/**
 * Copies a log, as the runbook asks for first; damages the copy in ways that cost nothing if the repair is as good as it says;
 * verifies and repairs it.
 * @param lastLsn of the records that were acknowledged
 * @throws as `repairLog` does
 */
export async function repairDamagedCopy(
  dir: string,
  lastLsn: number,
  random: Random,
  watch: Stopwatch,
): Promise<DamagedCopy> {
  const copy = `${dir}.copy`
  const repaired = `${dir}.repaired`
  await watch.step('copy', () => cp(dir, copy, { recursive: true }))
  const damageMade = await watch.step('damage', () => damage(copy, lastLsn, random))
  const { damage: found } = await watch.step('verify', () => verifyLog(copy))
  await watch.step('repair', () => repairLog(copy, { output: repaired, fixSingleBit: true }))
  return { dir: repaired, damageMade, damageFound: found.length }
}

/** Flips bits, and overwrites the first page of a segment. @returns at how many places */
async function damage(dir: string, lastLsn: number, random: Random): Promise<number> {
  // The newest are left alone: what no mark proves yet could pass for a torn tail. The others lie apart from one another, as of
  // two bits in one record none could be turned back.
  const share = Math.floor((lastLsn * 0.9) / FLIPS)
  const lsns = Array.from({ length: FLIPS }, (_, i) => random.between(i * share + 1, (i + 1) * share))
  let segment = ''
  for (const lsn of lsns) {
    for await (const entry of readWal(dir, { from: lsn, to: lsn })) {
      segment = entry.segment
      await flip(join(dir, segment), entry.offset + random.between(0, 39 + entry.bytes.length), random.between(0, 7))
    }
  }
  await overwrite(join(dir, segment), Buffer.alloc(HEADER_PAGE_BYTES, 0xee), 0)
  return lsns.length + 1
}

async function flip(path: string, offset: number, bit: number): Promise<void> {
  const file = await open(path, 'r')
  const byte = new Uint8Array(1)
  try {
    await file.read(byte, 0, 1, offset)
  } finally {
    await file.close()
  }
  await overwrite(path, Uint8Array.of(byte[0]! ^ (1 << bit)), offset)
}

async function overwrite(path: string, bytes: Uint8Array, offset: number): Promise<void> {
  const file = await open(path, 'r+')
  try {
    await file.write(bytes, 0, bytes.length, offset)
  } finally {
    await file.close()
  }
}
