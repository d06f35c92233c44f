import type { SyncPolicy } from '../../src/index.ts'
import type { BareStream } from '../measure/bare-stream.ts'
import { measureAlone } from '../measure/isolate.ts'
import type { Throughput } from '../measure/throughput.ts'
import { type LoadChoice, recordsAt, throughputPlan } from '../plan.ts'
import type { ThroughputFigure } from '../result.ts'
import { spreadOf } from '../statistics.ts'
import type { Section } from './section.ts'
import type { Workshop } from './workshop.ts'

/** A log, and the bare loops that ran just after it. */
interface Run {
  readonly log: Throughput
  /** Writes of 1 MiB, a sync after each. */
  readonly bareMiB: BareStream
  /** Writes and syncs as large as the log's own were, in the mean. */
  readonly bareAlike: BareStream
}

interface Cell extends LoadChoice {
  readonly policy: SyncPolicy
  readonly producers: number
  readonly records: number
  readonly runs: Run[]
}

const MIB = 1 << 20

export function throughputSection(shop: Workshop): Section {
  const cells = throughputPlan(shop.options).map(
    (planned): Cell => ({ ...planned, records: recordsAt(shop.options.records, planned.size), runs: [] }),
  )
  const steps = cells.map((cell) => ({
    what: `throughput: ${nameOf(cell)}`,
    seconds: 2,
    run: async () => void cell.runs.push(await measure(shop, cell)),
  }))
  return { steps, figures: () => ({ throughput: cells.map(figureOf) }) }
}

function nameOf({ policy, producers, size, encoding }: Cell): string {
  const threads = producers === 1 ? '' : `, ${producers} producers`
  return `${policy}, ${size} B${encoding === 'bytes' ? '' : ` ${encoding}`}${threads}`
}

async function measure(shop: Workshop, cell: Cell): Promise<Run> {
  const { policy, size, encoding, producers, records } = cell
  const dir = shop.place(`throughput-${policy}-${encoding}-${size}-${producers}`)
  const job = { kind: 'throughput', dir, policy, size, encoding, producers, records } as const
  const log = await measureAlone<'throughput'>(job)
  shop.discard(dir)
  const bytes = log.fileBytes
  const whole = { writeBytes: MIB, syncBytes: MIB }
  const alike = { writeBytes: mean(bytes, log.batches), syncBytes: mean(bytes, log.syncs) }
  const file = shop.place('bare-stream')
  const bare = { kind: 'bare-stream', file, bytes, patterns: [whole, alike] } as const
  const [bareMiB, bareAlike] = await measureAlone<'bare-stream'>(bare)
  shop.discard(file)
  return { log, bareMiB: bareMiB!, bareAlike: bareAlike! }
}

/** Ratios are taken within each run, and then over the runs. */
function figureOf({ policy, size, producers, encoding, records, runs }: Cell): ThroughputFigure {
  return {
    policy,
    size,
    producers,
    encoding,
    records,
    recordsPerSecond: spreadOf(runs, ({ log }) => log.recordsPerSecond),
    payloadMBPerSecond: spreadOf(runs, ({ log }) => log.payloadMBPerSecond),
    fileMBPerSecond: spreadOf(runs, ({ log }) => log.fileMBPerSecond),
    producerNs: spreadOf(runs, ({ log }) => log.producerNs),
    batchBytes: spreadOf(runs, ({ log }) => log.fileBytes / log.batches),
    syncs: spreadOf(runs, ({ log }) => log.syncs),
    ratioToBareAlike: spreadOf(runs, ({ log, bareAlike }) => log.fileMBPerSecond / bareAlike.MBPerSecond),
    ratioToBareMiB: spreadOf(runs, ({ log, bareMiB }) => log.fileMBPerSecond / bareMiB.MBPerSecond),
  }
}

function mean(bytes: number, count: number): number {
  return Math.max(1, Math.round(bytes / Math.max(1, count)))
}
