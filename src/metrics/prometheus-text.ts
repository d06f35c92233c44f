/** The text exposition format, version 0.0.4: https://prometheus.io/docs/instrumenting/exposition_formats/ */
import { optionError } from '../errors.ts'
import { formatValue, histogramSeries } from './histogram-series.ts'
import { isLabelName, isMetricName } from './names.ts'
import type { HistogramValue, Labels, Reading, Sample } from './reading.ts'

/** The `Content-Type` of what `prometheusText` gives. */
export const PROMETHEUS_CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8'

/**
 * Writes readings down as Prometheus scrapes them. Readings of several logs may come together: samples of one name are put
 * together under one head, in the order of the first.
 * @throws ERR_RINGWAL_OPTION for what the format does not allow: names, one name of two types, two samples with the same labels,
 *   buckets that do not rise or do not fit their counts
 */
export function prometheusText(readings: readonly Reading[]): string {
  const families = new Map<string, Reading[]>()
  for (const reading of readings) {
    checkHead(reading, families.get(reading.name)?.[0])
    families.set(reading.name, [...(families.get(reading.name) ?? []), reading])
  }
  return [...families.values()].flatMap(familyLines).join('')
}

function checkHead({ name, type }: Reading, first: Reading | undefined): void {
  if (!isMetricName(name)) throw optionError('name', name, 'letters, digits, _ and :, and no digit in front')
  if (first !== undefined && first.type !== type) throw optionError(name, type, `${first.type}, as before`)
}

function familyLines(family: readonly Reading[]): string[] {
  const { name, help, type } = family[0]!
  const lines = family.flatMap((reading) =>
    reading.type === 'histogram'
      ? reading.samples.flatMap((sample) => histogramLines(name, sample))
      : reading.samples.map(({ labels, value }) => sampleLine(name, labels, value)),
  )
  requireDistinct(name, lines)
  return [`# HELP ${name} ${escapeHelp(help)}\n`, `# TYPE ${name} ${type}\n`, ...lines]
}

function requireDistinct(name: string, lines: readonly string[]): void {
  const series = new Set(lines.map((line) => line.slice(0, line.lastIndexOf(' '))))
  if (series.size < lines.length) throw optionError(name, 'two samples with the same labels', 'each set of labels once')
}

function histogramLines(name: string, { labels, value }: Sample<HistogramValue>): string[] {
  const { bounds, counts } = value
  if ('le' in labels) throw optionError(name, 'the label le', 'other labels: that one is of the buckets')
  if (counts.length !== bounds.length + 1) throw optionError(name, counts.length, `${bounds.length + 1} counts`)
  if (bounds.some((bound, i) => !(Number.isFinite(bound) && bound > (bounds[i - 1] ?? -Infinity))))
    throw optionError(name, bounds.join(', '), 'bounds that rise')
  return histogramSeries({ labels, value }).map((one) => sampleLine(name + one.suffix, one.labels, one.value))
}

function sampleLine(name: string, labels: Labels, value: number): string {
  const pairs = Object.entries(labels)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([label, text]) => {
      if (!isLabelName(label))
        throw optionError(`label of ${name}`, label, 'letters, digits and _, not beginning with __')
      return `${label}="${escapeLabel(text)}"`
    })
  const series = pairs.length === 0 ? name : `${name}{${pairs.join(',')}}`
  return `${series} ${formatValue(value)}\n`
}

function escapeHelp(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')
}

function escapeLabel(text: string): string {
  return escapeHelp(text).replaceAll('"', '\\"')
}
