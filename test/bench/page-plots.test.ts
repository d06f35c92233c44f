import { describe, expect, it } from 'vitest'
import { linearAxis, logAxis, percentileAxis, percentileX } from '../../bench/page/axis.ts'
import { percentileView } from '../../bench/page/percentile-view.ts'
import type { LinesView, View } from '../../bench/page/plot.ts'
import { sectionsOf } from '../../bench/page/sections.ts'
import { COUNT, TIME } from '../../bench/report/format.ts'
import { sampleResult } from './sample-result.ts'

const sample = sampleResult()
const plots = sectionsOf(sample).flatMap((section) => section.plots)

function view(id: string, name?: string): View {
  const { views } = plots.find((plot) => plot.id === id)!
  return views.find((one) => name === undefined || one.name === name)!
}

describe('the plots', () => {
  it.each(plots.flatMap(({ id, views }) => views.map((one) => [id, one.name, one] as const)))(
    'of %s, %s: all that is drawn lies on the axes, and the axes have ticks',
    (_, __, drawn) => {
      const axes = drawn.kind === 'lines' ? [drawn.x, drawn.y] : [drawn.x]
      for (const { title, min, max, ticks } of axes) {
        expect(title).not.toBe('')
        expect(ticks.length).toBeGreaterThanOrEqual(2)
        for (const { value } of ticks) expect(value >= min && value <= max).toBe(true)
        expect(new Set(ticks.map(({ label }) => label)).size).toBe(ticks.length)
      }
      const at = drawn.kind === 'lines' ? drawn.y : drawn.x
      for (const point of drawn.series.flatMap((one) => [...one.points])) {
        if (point === null) continue
        const values =
          'value' in point ? [point.value, point.max] : [point.y, point.min ?? point.y, point.max ?? point.y]
        for (const value of values) expect(value >= at.min * 0.999 && value <= at.max * 1.001).toBe(true)
        if ('x' in point && drawn.kind === 'lines') expect(point.x >= drawn.x.min && point.x <= drawn.x.max).toBe(true)
        expect(point.label).not.toBe('')
      }
    },
  )

  it('give each nine of a percentile the same width', () => {
    expect([0, 50, 90, 99, 99.9].map((percent) => Number(percentileX(percent).toFixed(3)))).toEqual([0, 0.301, 1, 2, 3])
    expect(percentileAxis(3.2).ticks.map(({ label }) => label)).toEqual(['p50', 'p90', 'p99', 'p99.9'])
  })

  it('place the slowest sample where one in so many is, and leave out curves without points', () => {
    const distribution = { samples: 1000, p50: null, p99: null, p999: null, max: 900 }
    const curve = [
      [0, 10],
      [90, 50],
      [100, 900],
    ] as const
    const looks = { colour: 'c1', dash: 'solid' } as const
    const curves = [
      { name: 'a', ...looks, distribution: { ...distribution, curve } },
      { name: 'b', ...looks, distribution: { ...distribution, curve: [] } },
    ]
    const drawn = percentileView('view', 'time', 'A sentence.', curves)!
    expect(drawn.series).toEqual([
      {
        name: 'a',
        ...looks,
        points: [
          { x: 0, y: 10, label: 'fastest: 10 ns' },
          { x: 1, y: 50, label: 'p90: 50 ns' },
          { x: 3, y: 900, label: 'slowest: 900 ns' },
        ],
      },
    ])
    expect(percentileView('view', 'time', 'A sentence.', curves.slice(1))).toBeNull()
  })

  it('draw the disk over the log: the bare loop in the same measure', () => {
    const { series } = view('throughput-size', 'in bytes') as LinesView
    expect(series.map(({ name }) => name)).toEqual(['always', 'interval', 'never', 'bare loop, 1 MiB a sync'])
    for (const { y } of series.at(-1)!.points) expect(y).toBeCloseTo(2600)
  })

  it('count no peer as a rival whose acknowledgement is worth less', () => {
    const { reading, series } = view('peers-one-at-a-time')
    expect(reading).toContain('1.71× the best peer, classic-level')
    const bars = series.map(({ name, points }) => [name, points.filter((bar) => bar !== null).length])
    expect(bars).toEqual([
      ['ringwal', 1],
      ['peers', 7],
      ['not durable when acknowledged', 1],
    ])
  })

  it('stand the encodings of a record beside JSON.stringify', () => {
    const { reading, series } = view('append-burst')
    expect(series.map(({ name }) => name)).toEqual(['always', 'interval', 'never', 'JSON.stringify'])
    expect(reading).toBe(
      'A declared record of 249 B costs its caller 187 ns, where JSON.stringify of the same object takes 781 ns.',
    )
  })
})

describe('axes', () => {
  it('begin and end at round figures', () => {
    expect(linearAxis('time', [93, 212], TIME)).toMatchObject({ min: 0, max: 300 })
    expect(linearAxis('time', [93, 212], TIME).ticks.map(({ label }) => label)).toEqual([
      '0',
      '100 ns',
      '200 ns',
      '300 ns',
    ])
    expect(logAxis('rate', [4100, 7.4e6], COUNT)).toMatchObject({ min: 2000, max: 1e7 })
    expect(logAxis('rate', [4100, 7.4e6], COUNT).ticks.map(({ label }) => label)).toEqual([
      '10 k',
      '100 k',
      '1 M',
      '10 M',
    ])
    expect(logAxis('time', [60, 240], TIME).ticks.map(({ label }) => label)).toEqual([
      '50 ns',
      '100 ns',
      '200 ns',
      '500 ns',
    ])
  })

  it('bear figures that no log scale has a place for', () => {
    expect(logAxis('rate', [0, 0], COUNT)).toMatchObject({ min: 1, max: 10 })
    expect(linearAxis('rate', [0], COUNT)).toMatchObject({ min: 0, max: 1 })
  })
})
