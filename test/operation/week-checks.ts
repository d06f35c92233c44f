/** What must hold of a week's log and archive. */

import { restore } from '../../src/archive/restore-log.ts'
import { planRestore, type RestoreOptions } from '../../src/archive/restore-options.ts'
import { listCheckpoints, readCheckpoint } from '../../src/checkpoint/checkpoint-files.ts'
import type { Entry } from '../../src/read/entry.ts'
import { restoreState, snapshotOf, TradingState } from '../../src/trading/index.ts'
import { newDigest, OUT, restorePorts, targetOn } from '../archive/archive-kit.ts'
import { checker, LOG_DIR } from '../support/log-harness.ts'
import { readEntries } from '../support/log-records.ts'
import type { SimulatedDisk } from '../support/simulated-disk.ts'
import type { StateCursor, WeekModel } from './week-model.ts'

/** Bytes of a log's files: its segments with those made or kept for more; and what recoveries put aside. */
export function spaceOn(disk: SimulatedDisk): { readonly segments: number; readonly setAside: number } {
  let [segments, setAside] = [0, 0]
  if (disk.statPath(LOG_DIR) === undefined) return { segments, setAside }
  for (const name of disk.list(LOG_DIR)) {
    const size = disk.statPath(`${LOG_DIR}/${name}`)?.size ?? 0
    if (/\.(rwal|spare)$/.test(name)) segments += size
    else if (name.includes('.rwal.unfinished-')) setAside += size
  }
  return { segments, setAside }
}

/** @throws if the log does not hold what the model does, from its first record on to the last */
export function requireLog(disk: SimulatedDisk, model: WeekModel): void {
  const entries = readEntries(disk, {}, LOG_DIR)
  requireEvents(entries, model)
  const last = entries.at(-1)?.lsn ?? model.lastLsn
  if (last !== model.lastLsn) throw new Error(`the log ends at LSN ${last}, and not at ${model.lastLsn}`)
}

function requireEvents(entries: readonly Entry[], model: WeekModel): void {
  let next = entries[0]?.lsn ?? 0
  for (const { lsn, type, key, time, value } of entries) {
    if (lsn !== next++) throw new Error(`LSN ${lsn} follows on ${next - 2}`)
    const event = model.at(lsn)
    const isSame = event.type === type && event.key === key && event.time === time
    if (!isSame || JSON.stringify(value) !== JSON.stringify(event.value))
      throw new Error(`LSN ${lsn} holds ${JSON.stringify(value)} instead of ${JSON.stringify(event.value)}`)
  }
}

/** Up to where an archive is to be restored, and what must come of it. */
export interface RestoreTarget {
  readonly options: Pick<RestoreOptions, 'lsn' | 'timestamp'>
  /** The last LSN of the log then. */
  readonly lsn: number
}

/**
 * Restores, and holds what comes of it against the model: its events, and the state that they make, both from the first record and
 * from the newest checkpoint on.
 * @throws if anything differs
 */
export async function requireRestored(
  disk: SimulatedDisk,
  { options, lsn }: RestoreTarget,
  model: WeekModel,
  cursor: StateCursor,
): Promise<void> {
  const report = await restore(restorePorts(disk), targetOn(disk), planRestore({ output: OUT, ...options }))
  if (!report.reached || !report.complete || report.problems.length > 0)
    throw new Error(`restored as far as LSN ${report.lastLsn}: ${JSON.stringify(report.problems)}`)
  if (report.lastLsn !== lsn) throw new Error(`restored up to LSN ${report.lastLsn}, and not to ${lsn}`)
  const entries = readEntries(disk, {}, OUT)
  requireEvents(entries, model)
  if ((entries.at(-1)?.lsn ?? 0) !== lsn) throw new Error(`the restored log ends at LSN ${entries.at(-1)?.lsn}`)
  const wanted = Buffer.from(cursor.at(lsn))
  const states = [...statesOf(disk, entries)]
  if (states.length === 0) throw new Error('no state can be made of the restored log')
  if (!states.every((state) => wanted.equals(snapshotOf(state))))
    throw new Error(`the restored state is not that of LSN ${lsn}`)
  for (const name of disk.list(OUT)) disk.remove(`${OUT}/${name}`)
  disk.removeDirectory(OUT)
}

/** From each checkpoint on that no record is missing behind, and from the first record where it is there. */
function* statesOf(disk: SimulatedDisk, entries: readonly Entry[]): Generator<TradingState> {
  const first = entries[0]!.lsn
  for (const file of listCheckpoints(disk, OUT)) {
    if (file.lsn < first - 1) continue
    const { bytes } = readCheckpoint({ fs: disk, checker, newDigest }, file)
    yield applied(restoreState(bytes), entries, file.lsn)
  }
  if (first === 1) yield applied(new TradingState(), entries, 0)
}

function applied(state: TradingState, entries: readonly Entry[], after: number): TradingState {
  for (const entry of entries) if (entry.lsn > after) state.apply(entry)
  return state
}
