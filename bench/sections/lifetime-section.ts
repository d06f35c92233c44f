import { frameBytes } from '../../src/format/index.ts'
import { measureAlone } from '../measure/isolate.ts'
import type { Lifetime, Station } from '../measure/lifetime.ts'
import { referenceSize } from '../plan.ts'
import { spreadOf } from '../statistics.ts'
import type { Section } from './section.ts'
import type { Workshop } from './workshop.ts'

/** Of 10^8 records, the log is read back too: minutes on a slow disk. */
const LIFETIME_MS_MAX = 3_600_000
/** The default of `Wal.open`: of the segment in use and of one made ahead. */
const SEGMENTS_BYTES = 2 * (64 << 20)
/** On a disk that writes 1 GB in a second, and each byte twice. */
const SECONDS_PER_RECORD = 7e-7

/** What a record costs while a log grows, tenfold from one station to the next. */
export function lifetimeSection(shop: Workshop): Section {
  const size = referenceSize(shop.options)
  const stations = shop.options.effort.stations.filter((records) => {
    const bytes = records * frameBytes(size) + SEGMENTS_BYTES
    return shop.hasRoomFor(`lifetime at ${records} records`, bytes)
  })
  const runs: Lifetime[] = []
  const step = {
    what: `lifetime: ${stations.at(-1)} records`,
    seconds: 2 + (stations.at(-1) ?? 0) * SECONDS_PER_RECORD,
    run: async () => {
      const dir = shop.place('lifetime')
      const job = { kind: 'lifetime', dir, policy: 'interval', size, encoding: 'bytes', stations } as const
      runs.push(await measureAlone<'lifetime'>(job, LIFETIME_MS_MAX))
      shop.discard(dir)
    },
  }
  const over = (i: number, figure: (station: Station) => number): ReturnType<typeof spreadOf> =>
    spreadOf(runs, (run) => figure(run.stations[i]!))
  const figures: Section['figures'] = () => ({
    lifetime: stations.map((records, i) => ({
      records,
      nsPerRecord: over(i, ({ nsPerRecord }) => nsPerRecord),
      fillNs: over(i, ({ fillNs }) => fillNs),
      rssMiB: over(i, ({ rssMiB }) => rssMiB),
    })),
  })
  return { steps: stations.length === 0 ? [] : [step], figures }
}
