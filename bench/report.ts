import type { Machine } from './machine.ts'
import type { Spread } from './statistics.ts'
import type { Claim, PercentileSpreads, Summary } from './summary.ts'

/** What there is to tell. */
export interface Findings {
  readonly machine: Machine
  readonly runs: number
  readonly summaries: readonly Summary[]
  readonly claims: readonly Claim[]
}

/** The findings as text for a terminal: tables first, then a line for each claim. */
export function render(findings: Findings): string {
  const { summaries } = findings
  return [
    machineLines(findings),
    'Throughput, one producer, prefilled segment: from the first append until all is durable',
    table(THROUGHPUT, summaries.map(throughputRow)),
    'The same in bytes, beside a bare write + fdatasync loop over as many bytes in the same run',
    table(BARE, summaries.map(bareRow)),
    "Cost of appendBytes on the engine's thread, ns (singles hold the cost of the timer, once)",
    table(COST, summaries.map(costRow)),
    'From append to durable, one caller, one record at a time, µs',
    table(LATENCY, summaries.flatMap(latencyRows)),
    ...findings.claims.map(claimLine),
    '',
  ].join('\n')
}

function machineLines({ machine, runs }: Findings): string {
  const { node, cpu, cores, system, fileSystem, loadAverage } = machine
  const lines = [
    `node ${node}, ${cpu}, ${cores} cores, ${system}, file system ${fileSystem}, load ${loadAverage} before the start`,
    `${runs === 1 ? '1 run' : `median (min–max) of ${runs} runs`}; MB = 10^6 bytes`,
  ]
  if (fileSystem === 'tmpfs') lines.push('NOT A DISK: a sync costs nothing on tmpfs, and these are no durable rates')
  return `${lines.join('\n')}\n`
}

const THROUGHPUT = ['policy', 'size', 'records/s', 'payload MB/s', 'append loop ns/record', 'batch KiB', 'syncs']

function throughputRow(s: Summary): string[] {
  const batch = show(s.batchBytes, (bytes) => (bytes / 1024).toFixed(0))
  const rates = [show(s.recordsPerSecond, count), show(s.payloadMBPerSecond, whole), show(s.producerNs, whole)]
  return [s.policy, `${s.size} B`, ...rates, batch, show(s.syncs, whole)]
}

const BARE = ['policy', 'size', 'file MB/s', 'bare, 1 MiB', 'ratio', "bare, log's own sizes", 'ratio']

function bareRow(s: Summary): string[] {
  const mib = [show(s.bareMiBMBPerSecond, whole), show(s.ratioToBareMiB, ratio)]
  const alike = [show(s.bareAlikeMBPerSecond, whole), show(s.ratioToBareAlike, ratio)]
  return [s.policy, `${s.size} B`, show(s.fileMBPerSecond, whole), ...mib, ...alike]
}

const COST = ['policy', 'size', 'in bursts', 'single p50', 'p99', 'p99.9', 'waking p50', 'p99', 'timer p50', 'p99']

function costRow(s: Summary): string[] {
  const figures = [...nanos(s.appendSingleNs), ...nanos(s.appendSparseNs).slice(0, 2), ...nanos(s.timerNs).slice(0, 2)]
  return [s.policy, `${s.size} B`, show(s.appendBurstNs, whole), ...figures]
}

const LATENCY = ['policy', 'size', 'how', 'p50', 'p99', 'samples']

function latencyRows(s: Summary): string[][] {
  const ways: [string, PercentileSpreads][] = [
    ['waitDurable', s.blockingNs],
    ['await durable', s.promiseNs],
    ['await flush', s.flushNs],
    ['bare, record', s.bareRecordNs],
    ['bare, 4 KiB', s.barePageNs],
  ]
  const measured = ways.filter(([, found]) => found.samples > 0)
  return measured.map(([how, found]) => [s.policy, `${s.size} B`, how, ...micros(found), count(found.samples)])
}

function claimLine({ policy, size, target, recordsPerSecond, ratioToBareMiB, ratioToBareAlike, holds }: Claim): string {
  const rate = `${show(recordsPerSecond, millions)} M durable records/s of ${size} B under ${policy}`
  const ratios = `${show(ratioToBareMiB, ratio)} of the bare loop in 1 MiB, ${show(ratioToBareAlike, ratio)} in the log's own sizes`
  return `${holds ? 'holds:  ' : 'MISSED: '} ${rate}, at least ${millions(target)} M asked; ${ratios}`
}

function nanos({ p50, p99, p999 }: PercentileSpreads): string[] {
  return [p50, p99, p999].map((spread) => show(spread, whole))
}

function micros({ p50, p99 }: PercentileSpreads): string[] {
  return [p50, p99].map((spread) => show(spread, (ns) => whole(ns / 1000)))
}

function show(spread: Spread | null, format: (value: number) => string): string {
  if (spread === null) return '–'
  const [median, min, max] = [format(spread.median), format(spread.min), format(spread.max)]
  return min === max ? median : `${median} (${min}–${max})`
}

function whole(value: number): string {
  return value.toFixed(0)
}

function ratio(value: number): string {
  return value.toFixed(2)
}

function millions(value: number): string {
  return (value / 1e6).toFixed(2)
}

/** Grouped by thousands. */
function count(value: number): string {
  return Math.round(value).toLocaleString('en-US')
}

/** Words to the left, figures to the right. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, ...rows]
  const widths = head.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)))
  const isWord = head.map((_, column) => rows.every((row) => /^[a-z]/.test(row[column] ?? '')))
  const draw = (line: readonly string[]): string =>
    line
      .map((cell, i) => (isWord[i] ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)))
      .join('  ')
      .trimEnd()
  const rule = widths.map((width) => '─'.repeat(width)).join('  ')
  return `${[draw(head), rule, ...rows.map(draw)].map((line) => `  ${line}`).join('\n')}\n`
}
