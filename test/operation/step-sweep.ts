/** Every deed of an operated log, killed before each of its calls. */
import type { OperatedLog } from './operated-log.ts'
import { settle, type Week, type WeekOptions } from './week.ts'
import { requireRestored } from './week-checks.ts'
import type { Death } from './week-machines.ts'
import { StateCursor } from './week-model.ts'
import { SEGMENT_BYTES } from './week-settings.ts'

/** A log that is at its limit all the time: with each new segment an old one goes. */
export const AT_ITS_LIMIT: WeekOptions = { maxBytes: 4 * SEGMENT_BYTES, checkpoint: false, appendsMax: 6 }

/** What is done, behind an opening that went well; the opening is a deed as well. */
const DEEDS: Readonly<Record<string, (log: OperatedLog) => void | Promise<void>>> = {
  open: (log) => log.start(),
  append: (log) => fill(log, 70),
  checkpoint: (log) => log.checkpoint(),
  archive: async (log) => {
    for (let minute = 0; minute < 61 && !log.isDead; minute++) await log.archive()
  },
  'full backup': (log) => log.backUpWhole(),
  close: (log) => log.close(),
}

/** Appends that begin a new segment, with the steward's retention and its files before each. */
function fill(log: OperatedLog, appends: number): void {
  for (let i = 0; i < appends && !log.isDead; i++) {
    log.steward()
    log.append()
  }
}

/**
 * Tries each, with each kind of death, from the week's present moment on: afterwards the log is opened, archived to its end and
 * restored.
 * @param stride 1 for every call, 3 for every third
 * @returns how many deaths there were, by what was done and called
 * @throws if anything is lost
 */
export async function sweepSteps(week: Week, stride = 1): Promise<ReadonlyMap<string, number>> {
  const deaths = new Map<string, number>()
  for (const name of Object.keys(DEEDS))
    for (const how of ['kill', 'power-cut'] as const)
      for (let call = 1; ; call += stride) {
        // Always the same life, up to its end.
        const log = week.fork(week.settings.seed)
        if (!(await diesAt(log, name, call, how))) break
        for (const [place, count] of log.parts.counts.deaths) deaths.set(place, (deaths.get(place) ?? 0) + count)
        await requireEnd(log).catch((error: unknown) => {
          throw new Error(`${name}, ${how} before call ${call}: ${(error as Error).message}`, { cause: error })
        })
      }
  return deaths
}

/** @returns whether it died: if not, there are not so many calls */
async function diesAt(log: OperatedLog, name: string, call: number, how: Death): Promise<boolean> {
  if (name !== 'open') {
    log.start()
    // What it has may go.
    await log.archive()
    fill(log, 3)
    log.flush()
  }
  log.machines.doom(call, how)
  await DEEDS[name]!(log)
  log.bury()
  return log.parts.counts.deaths.size > 0
}

async function requireEnd(log: OperatedLog): Promise<void> {
  await settle(log)
  const { model } = log.parts
  const target = { options: { lsn: model.lastLsn }, lsn: model.lastLsn }
  await requireRestored(log.machines.store, target, model, new StateCursor(model))
}
