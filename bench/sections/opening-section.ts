import { killAtWork, measureAlone } from '../measure/isolate.ts'
import type { Opening } from '../measure/opening.ts'
import type { OpeningFigure } from '../result.ts'
import { spreadOf } from '../statistics.ts'
import { BigLog } from './big-log.ts'
import type { Section } from './section.ts'
import type { Workshop } from './workshop.ts'

/** What the process that is killed appends first: a tail as a busy engine leaves one. */
const VICTIM_RECORDS = 100_000
/** What the log may become: each run appends to it. */
const GROWTH = 2
/** How long it lives on behind that. */
const VICTIM_MS = 50

/** `Wal.open` of one large log: after a clean close, and after the process that appended was killed. */
export function openingSection(shop: Workshop): Section | undefined {
  if (!shop.hasRoomFor('opening', shop.options.logBytes * GROWTH)) return undefined
  const log = new BigLog(shop, 'opened')
  const { dir, size } = log
  const [closed, killed]: [Opening[], Opening[]] = [[], []]
  const records = Math.min(VICTIM_RECORDS, log.records)
  const victim = { kind: 'victim', dir, policy: 'interval', size, encoding: 'bytes', records } as const
  const step = {
    what: 'opening',
    seconds: 2,
    run: async () => {
      closed.push(await measureAlone<'opening'>({ kind: 'opening', dir }))
      await killAtWork(victim, VICTIM_MS)
      killed.push(await measureAlone<'opening'>({ kind: 'opening', dir }))
    },
  }
  return {
    prepare: [log.prepare],
    steps: [step],
    figures: () => ({ opening: [figureOf('close', closed), figureOf('SIGKILL', killed)] }),
  }
}

function figureOf(after: OpeningFigure['after'], runs: readonly Opening[]): OpeningFigure {
  return {
    after,
    logBytes: Math.min(...runs.map(({ logBytes }) => logBytes)),
    milliseconds: spreadOf(runs, ({ milliseconds }) => milliseconds),
  }
}
