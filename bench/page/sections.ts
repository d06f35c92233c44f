import { appendCostTables, latencyTables, openLoopTables } from '../report/latency-tables.ts'
import { peerTables } from '../report/peer-tables.ts'
import { lifetimeTables, microTables, readingTables } from '../report/reading-tables.ts'
import type { Table } from '../report/table.ts'
import { diskTables, throughputTables } from '../report/throughput-tables.ts'
import type { BenchResult } from '../result.ts'
import { appendPlots } from './append-plots.ts'
import { diskPlots } from './disk-plots.ts'
import { latencyPlots, openLoopPlots } from './latency-plots.ts'
import { peerPlots } from './peer-plots.ts'
import type { Plot } from './plot.ts'
import { microPlots, readingPlots } from './reading-plots.ts'
import { scalingPlots } from './scaling-plots.ts'
import { throughputPlots } from './throughput-plots.ts'

/** Plots and tables about one question. */
export interface Section {
  readonly id: string
  readonly title: string
  readonly intro: string
  readonly plots: readonly Plot[]
  readonly tables: readonly Table[]
}

const TAIL = 'To the right, each mark leaves ten times fewer samples above it.'

/** The sections of the page for which there is a figure, and of each only the plots and tables that hold any. */
export function sectionsOf(result: BenchResult): Section[] {
  return allSections(result)
    .map((section) => ({
      ...section,
      plots: section.plots.filter(({ views }) => views.length > 0),
      tables: section.tables.filter(({ rows }) => rows.length > 0),
    }))
    .filter(({ plots, tables }) => plots.length + tables.length > 0)
}

function allSections(result: BenchResult): Section[] {
  return [
    {
      id: 'peers',
      title: 'Peers',
      intro:
        'The same work in the same run: a record counts when it is acknowledged as durable. Who promises less is paler.',
      plots: peerPlots(result),
      tables: peerTables(result),
    },
    {
      id: 'throughput',
      title: 'Throughput',
      intro:
        'At full speed, from the first append until every record is durable, beside what the disk does without a log.',
      plots: throughputPlots(result),
      tables: throughputTables(result),
    },
    {
      id: 'append',
      title: 'Cost of an append',
      intro: `What the calling thread spends before it may go on. ${TAIL}`,
      plots: appendPlots(result),
      tables: appendCostTables(result),
    },
    {
      id: 'latency',
      title: 'Latency until durable',
      intro: `In a closed loop a caller waits for each record; at a fixed rate a late start counts too. ${TAIL}`,
      plots: [...latencyPlots(result), ...openLoopPlots(result)],
      tables: [...latencyTables(result), ...openLoopTables(result)],
    },
    {
      id: 'scaling',
      title: 'Scaling',
      intro: 'More producers, and a log that grows: the cost of a record and the memory should not follow.',
      plots: scalingPlots(result),
      tables: lifetimeTables(result),
    },
    {
      id: 'reading',
      title: 'Reading back',
      intro: 'Checking, reading and replaying a log that lies in the page cache, and opening one.',
      plots: readingPlots(result),
      tables: readingTables(result),
    },
    {
      id: 'disk',
      title: 'The disk',
      intro: 'Bare loops of write and fdatasync: the limit of everything above.',
      plots: diskPlots(result),
      tables: diskTables(result),
    },
    {
      id: 'micro',
      title: 'Single operations',
      intro: 'Parts of the way of a record, each by itself in a warm loop.',
      plots: microPlots(result),
      tables: microTables(result),
    },
  ]
}
