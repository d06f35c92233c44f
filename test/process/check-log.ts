import { readdirSync } from 'node:fs'
import { readWal, verifyLog, Wal } from '../../src/index.ts'
import { NumberedRecords } from './numbered-records.ts'
import type { Told } from './told.ts'

/** The log does not hold what it must. */
export class Violation extends Error {
  override readonly name = 'Violation'
}

export interface LogFacts {
  readonly dir: string
  readonly seed: number
  readonly segmentBytes: number
  readonly bytesMax: number
}

export interface Extent {
  readonly firstLsn: number
  /** 0 for a log without records. */
  readonly lastLsn: number
}

/** Records appended to see that the log goes on. */
const MORE = 5

/**
 * Rule R1 after a death: reads the log, opens it twice, appends to it, and reads it again.
 * @returns what there is in the end, all of it durable
 * @throws Violation
 */
export async function checkLog(facts: LogFacts, told: Pick<Told, 'durable' | 'cutting' | 'first'>): Promise<Extent> {
  const records = new NumberedRecords(facts.seed, facts.bytesMax)
  const found = await readAll(facts.dir, records)
  if (found.lastLsn < told.durable)
    throw new Violation(`LSN ${told.durable} was acknowledged, and LSN ${found.lastLsn} is the last`)
  if (found.firstLsn > Math.max(1, told.cutting))
    throw new Violation(`the log begins with LSN ${found.firstLsn}, though LSN ${told.cutting} was to stay`)
  if (found.firstLsn < told.first)
    throw new Violation(
      `the log begins with LSN ${found.firstLsn}, though LSN ${told.first} was the first that was left`,
    )
  await verify(facts.dir, found)
  const again = await reopen(facts, found, 0)
  const longer = await reopen(facts, again, MORE)
  const read = await readAll(facts.dir, records)
  if (read.lastLsn !== longer.lastLsn)
    throw new Violation(`LSN ${read.lastLsn} is the last after LSN ${longer.lastLsn} was made durable`)
  return longer
}

async function readAll(dir: string, records: NumberedRecords): Promise<Extent> {
  if (!hasSegments(dir)) return { firstLsn: 1, lastLsn: 0 }
  let firstLsn = 0
  let lastLsn = 0
  let isInBatch = false
  for await (const { lsn, bytes, continuesBatch } of readWal(dir)) {
    firstLsn ||= lsn
    if (lastLsn !== 0 && lsn !== lastLsn + 1) throw new Violation(`LSN ${lsn} follows LSN ${lastLsn}`)
    const isRight = Buffer.compare(bytes, records.bytesOf(lsn)) === 0 && continuesBatch === records.continuesBatch(lsn)
    if (!isRight) throw new Violation(`LSN ${lsn} has not the bytes that were appended`)
    isInBatch = continuesBatch
    lastLsn = lsn
  }
  if (isInBatch) throw new Violation(`LSN ${lastLsn} ends the log in the middle of a batch`)
  return { firstLsn: firstLsn || 1, lastLsn }
}

/** Before its first segment a log is nothing that could be read. */
function hasSegments(dir: string): boolean {
  try {
    return readdirSync(dir).some((name) => name.endsWith('.rwal'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
    throw error
  }
}

async function verify(dir: string, { lastLsn }: Extent): Promise<void> {
  if (!hasSegments(dir)) return
  const report = await verifyLog(dir)
  if (!report.ok) throw new Violation(`verify finds damage: ${JSON.stringify(report.damage)}`)
  if (lastLsn !== 0 && report.lastLsn !== lastLsn)
    throw new Violation(`verify ends with LSN ${report.lastLsn}, reading with LSN ${lastLsn}`)
  if (lastLsn !== 0 && report.durableLsn > lastLsn)
    throw new Violation(`a mark proves LSN ${report.durableLsn}, and LSN ${lastLsn} is the last`)
}

/** Opens the log, sees that it has what was there, and appends so many records. */
async function reopen(
  { dir, seed, segmentBytes, bytesMax }: LogFacts,
  { firstLsn, lastLsn }: Extent,
  more: number,
): Promise<Extent> {
  const records = new NumberedRecords(seed, bytesMax)
  const wal = await Wal.open({ dir, segmentBytes, ringBytes: 1 << 18, exitFlushMs: 0 })
  const { recovery } = wal
  const opened = recovery.lastLsn
  while (wal.lastLsn < opened + more) wal.appendBytesBatch(records.portionBehind(wal.lastLsn))
  const last = wal.lastLsn
  await wal.flush()
  await wal.close()
  // Of a log whose every record was retired the header alone knows where it is.
  if (lastLsn !== 0 && opened !== lastLsn)
    throw new Violation(`it opens with LSN ${opened}, and was read to LSN ${lastLsn}`)
  if (recovery.damage.length > 0) throw new Violation(`opening finds damage: ${JSON.stringify(recovery.damage)}`)
  return { firstLsn, lastLsn: last }
}
