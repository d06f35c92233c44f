/**
 * Runs in the reader's browser: it hands each plot, made ready by Node, to Chart.js. `tsc` compiles it like any other
 * file, and the page holds the compiled text in a script element; therefore it imports nothing but types.
 */
import type { Chart, ChartConfiguration, ChartDataset, LegendItem, Plugin, ScaleOptionsByType } from 'chart.js'
import type { Browser, Element } from './browser.ts'
import type { Axis, Bar, BarsView, LinesView, Plot, Point, Series, View } from './plot.ts'

const browser = globalThis as unknown as Browser
const { document } = browser
const root = document.documentElement

/** A plot on the page, and its chart while it is drawn. */
interface Drawn {
  readonly figure: Element
  readonly plot: Plot
  chart: { destroy(): void } | null
}

const plots = JSON.parse(document.querySelector('#plots')!.textContent) as Plot[]
const drawn: Drawn[] = plots.map((plot) => {
  return { plot, figure: document.querySelector(`[data-plot="${plot.id}"]`)!, chart: null }
})

const DASHES = { solid: [], dashed: [8, 4], dotted: [2, 3] }
const FONT = { family: 'system-ui, sans-serif', size: 12 }
/** As the style sheet has it. */
const narrow = browser.matchMedia('(max-width: 600px)')

start()

function start(): void {
  Object.assign(browser.Chart.defaults.font, FONT)
  for (const one of drawn) {
    draw(one)
    one.figure.querySelector('select')?.addEventListener('change', () => draw(one))
  }
  for (const change of [narrow, browser.matchMedia('(prefers-color-scheme: dark)')]) {
    change.addEventListener('change', drawAll)
  }
  for (const event of ['beforeprint', 'afterprint']) browser.addEventListener(event, drawAll)
}

function drawAll(): void {
  for (const one of drawn) draw(one)
}

function draw(one: Drawn): void {
  const { figure, plot } = one
  const view = plot.views[Number(figure.querySelector('select')?.value ?? 0)]!
  const canvas = figure.querySelector('canvas')!
  figure.querySelector('.reading')!.textContent = view.reading
  canvas.setAttribute('aria-label', `${plot.title}, ${view.name}. ${view.reading}`)
  figure.querySelector('.canvas')!.style.minHeight = `${heightOf(view)}px`
  one.chart?.destroy()
  one.chart = new browser.Chart(canvas, view.kind === 'lines' ? lines(view) : bars(view))
}

function heightOf(view: View): number {
  if (view.kind === 'lines') return 340 + 12 * Math.max(0, view.series.length - 4)
  const rows = view.categories.map((_, at) => Math.max(1, view.series.filter((one) => one.points[at]).length))
  return 80 + rows.reduce((sum, bars) => sum + 16 + 18 * bars, 0)
}

/** A colour of the style sheet, as it is in the reader's scheme. */
function colour(name: string): string {
  return browser.getComputedStyle(root).getPropertyValue(`--${name}`).trim()
}

function lines(view: LinesView): ChartConfiguration {
  const datasets = view.series.map((series): ChartDataset<'line'> => {
    const isCurve = series.points.every((point) => point.min === undefined)
    return {
      label: series.name,
      data: [...series.points],
      ...paint(series),
      borderWidth: 2,
      borderDash: DASHES[series.dash],
      // Half of a mark at the edge of the plot stands outside.
      clip: 6,
      pointRadius: isCurve ? 0 : 3,
      pointHoverRadius: 5,
    }
  })
  const scales = { x: scale(view.x), y: scale(view.y) }
  return {
    type: 'line',
    data: { datasets },
    options: { ...options(view.series, 'line', view.y.title), parsing: false, scales },
    plugins: [lineWhiskers(view)],
  } as ChartConfiguration
}

function bars(view: BarsView): ChartConfiguration {
  const datasets = view.series.map((series): ChartDataset<'bar'> => {
    const data = series.points.map((bar) => bar?.value ?? null) as number[]
    return { label: series.name, data, ...paint(series), borderWidth: 0, borderRadius: 3, maxBarThickness: 22 }
  })
  const y = {
    grid: { display: false },
    border: { color: colour('line') },
    ticks: { color: colour('text'), autoSkip: false },
  }
  return {
    type: 'bar',
    data: { labels: view.categories.map(broken), datasets },
    // Room to the right for the figure at the end of a bar.
    options: {
      ...options(view.series, 'rect', view.x.title),
      indexAxis: 'y',
      skipNull: true,
      layout: { padding: { right: narrow.matches ? 58 : 72 } },
      scales: { x: scale(view.x), y },
    },
    plugins: [barEnds(view)],
  } as ChartConfiguration
}

/** A category's name in lines that leave room for its bars. */
function broken(name: string): string[] {
  const lettersMax = narrow.matches ? 21 : 32
  const lines: string[] = []
  for (const word of name.split(/ (?!\S*\))/)) {
    const last = lines.at(-1)
    if (last === undefined || last.endsWith(',') || last.length + 1 + word.length > lettersMax) lines.push(word)
    else lines[lines.length - 1] = `${last} ${word}`
  }
  return lines.map((line) => line.replace(/,$/, ''))
}

function paint({ colour: name }: Series<unknown>): { borderColor: string; backgroundColor: string } {
  return { borderColor: colour(name), backgroundColor: colour(name) }
}

function options(
  series: readonly Series<Point | Bar | null>[],
  pointStyle: 'line' | 'rect',
  axisTitle: string,
): ChartConfiguration['options'] {
  // The library's own labels do not show how a line is dashed.
  const generateLabels = (chart: Chart): LegendItem[] =>
    series.map((one, datasetIndex) => ({
      text: one.name,
      datasetIndex,
      hidden: !chart.isDatasetVisible(datasetIndex),
      fontColor: colour('text'),
      strokeStyle: colour(one.colour),
      fillStyle: colour(one.colour),
      lineWidth: pointStyle === 'line' ? 2 : 0,
      lineDash: DASHES[one.dash],
      pointStyle,
    }))
  return {
    animation: false,
    responsive: true,
    maintainAspectRatio: false,
    interaction: { mode: 'nearest', intersect: false },
    plugins: {
      legend: {
        // One that only says again what the axis says is none.
        display: series.some(({ name }) => !axisTitle.startsWith(name)),
        position: 'bottom',
        align: 'start',
        labels: { usePointStyle: true, pointStyleWidth: pointStyle === 'line' ? 30 : 12, generateLabels },
      },
      tooltip: {
        displayColors: false,
        callbacks: {
          title: () => '',
          label: ({ datasetIndex, dataIndex }) => {
            const { name, points } = series[datasetIndex]!
            return [name, points[dataIndex]?.label ?? '']
          },
        },
      },
    },
  }
}

function scale({ title, scale: type, min, max, ticks }: Axis): Partial<ScaleOptionsByType> {
  const labels = new Map(ticks.map(({ value, label }) => [value, label]))
  const options = {
    type,
    min,
    max,
    title: { display: true, text: title, color: colour('muted') },
    grid: { color: colour('grid'), tickLength: 4 },
    border: { color: colour('line') },
    ticks: {
      color: colour('muted'),
      maxRotation: 0,
      callback: (value: number | string) => labels.get(Number(value)) ?? '',
    },
    afterBuildTicks: (axis: { ticks: { value: number }[] }) => {
      axis.ticks = ticks.map(({ value }) => ({ value }))
    },
  }
  return options as unknown as Partial<ScaleOptionsByType>
}

/** From minimum to maximum of the runs, through each point. */
function lineWhiskers({ series }: LinesView): Plugin {
  return {
    id: 'whiskers',
    afterDatasetsDraw: (chart) =>
      eachElement(chart, (at, index, { x }) => {
        const { min, max } = series[at]!.points[index]!
        if (min === undefined || max === undefined) return
        const ends = [min, max].map((value) => chart.scales['y']!.getPixelForValue(value))
        stroke(chart.ctx, colour(series[at]!.colour), [x, ends[0]!], [x, ends[1]!])
      }),
  }
}

/** The same through the end of each bar, and its figure beside it. */
function barEnds({ series }: BarsView): Plugin {
  return {
    id: 'ends',
    afterDatasetsDraw: (chart) =>
      eachElement(chart, (at, index, { x, y }) => {
        const bar = series[at]!.points[index]
        if (!bar) return
        const { ctx, scales } = chart
        const ends = [bar.min, bar.max].map((value) => scales['x']!.getPixelForValue(value))
        stroke(ctx, colour('text'), [ends[0]!, y], [ends[1]!, y])
        ctx.fillStyle = colour('text')
        ctx.font = `${FONT.size}px ${FONT.family}`
        ctx.textBaseline = 'middle'
        ctx.fillText(bar.short, Math.max(x, ends[1]!) + 6, y)
      }),
  }
}

function eachElement(chart: Chart, act: (series: number, index: number, at: { x: number; y: number }) => void): void {
  for (const meta of chart.getSortedVisibleDatasetMetas()) {
    for (const [index, element] of meta.data.entries()) act(meta.index, index, element)
  }
}

function stroke(ctx: Chart['ctx'], style: string, from: [number, number], to: [number, number]): void {
  ctx.strokeStyle = style
  ctx.lineWidth = 1.5
  ctx.beginPath()
  ctx.moveTo(...from)
  ctx.lineTo(...to)
  ctx.stroke()
}
