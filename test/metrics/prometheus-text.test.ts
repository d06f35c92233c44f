import { describe, expect, it } from 'vitest'
import { type PlainReading, prometheusText, type Reading } from '../../src/metrics/index.ts'
import { parseExposition } from './exposition-parser.ts'

const gauge = (value: number, labels: Record<string, string> = {}, name = 'a_bytes'): PlainReading => ({
  ...{ name, help: 'Bytes.', type: 'gauge' },
  samples: [{ labels, value }],
})

describe('the Prometheus text', () => {
  it('has a head for each name, and a line for each sample', () => {
    const text = prometheusText([
      { name: 'b_total', help: 'How many.', type: 'counter', samples: [{ labels: {}, value: 3 }] },
      { ...gauge(1.5, { dir: 'x' }), samples: [...gauge(1.5, { dir: 'x', a: '1' }).samples] },
    ])
    expect(text).toBe(
      '# HELP b_total How many.\n# TYPE b_total counter\nb_total 3\n' +
        '# HELP a_bytes Bytes.\n# TYPE a_bytes gauge\na_bytes{a="1",dir="x"} 1.5\n',
    )
  })

  it('puts what several logs tell of one name under one head', () => {
    const text = prometheusText([gauge(1, { dir: 'a' }), gauge(5, {}, 'other'), gauge(2, { dir: 'b' })])
    const { samples } = parseExposition(text).get('a_bytes')!
    expect(samples.map(({ labels, value }) => [labels['dir'], value])).toEqual([
      ['a', 1],
      ['b', 2],
    ])
  })

  it.each(['plain', 'back\\slash', 'quo"te', 'new\nline', '\\n', 'ä € 😀', '', '\\"\n\\'])('escapes %j', (text) => {
    const reading: Reading = { ...gauge(1, { dir: text }), help: text }
    const family = parseExposition(prometheusText([reading])).get('a_bytes')!
    expect(family.help).toBe(text)
    expect(family.samples[0]!.labels).toEqual({ dir: text })
  })

  it.each([
    [0, '0'],
    [1e21, '1e+21'],
    [1e-7, '1e-7'],
    [2 ** 53, '9007199254740992'],
    [Infinity, '+Inf'],
    [-Infinity, '-Inf'],
    [Number.NaN, 'NaN'],
  ])('writes %d as %s', (value, text) => {
    expect(prometheusText([gauge(value)])).toContain(`\na_bytes ${text}\n`)
    expect(parseExposition(prometheusText([gauge(value)])).get('a_bytes')!.samples[0]!.value).toBe(value)
  })

  it('writes a histogram with cumulative buckets, the last of all', () => {
    const value = { bounds: [0.001, 0.01, 1], counts: [4, 0, 2, 1], sum: 3.25 }
    const text = prometheusText([
      { name: 's', help: 'S.', type: 'histogram', samples: [{ labels: { dir: 'x' }, value }] },
    ])
    const { samples } = parseExposition(text).get('s')!
    expect(samples).toEqual([
      ...[
        ['0.001', 4],
        ['0.01', 4],
        ['1', 6],
        ['+Inf', 7],
      ].map(([le, value]) => ({ name: 's_bucket', labels: { dir: 'x', le }, value })),
      { name: 's_sum', labels: { dir: 'x' }, value: 3.25 },
      { name: 's_count', labels: { dir: 'x' }, value: 7 },
    ])
  })

  it('tells a name without samples all the same, and of nothing nothing', () => {
    expect(prometheusText([{ ...gauge(1), samples: [] }])).toBe('# HELP a_bytes Bytes.\n# TYPE a_bytes gauge\n')
    expect(prometheusText([])).toBe('')
  })

  const histogram = (bounds: number[], counts: number[], labels = {}): Reading => {
    return { name: 's', help: '', type: 'histogram', samples: [{ labels, value: { bounds, counts, sum: 0 } }] }
  }
  it.each<[string, Reading[]]>([
    ['a name with a dash', [gauge(1, {}, 'a-b')]],
    ['a name with a digit in front', [gauge(1, {}, '1a')]],
    ['an empty name', [gauge(1, {}, '')]],
    ['a label with a colon', [gauge(1, { 'a:b': '' })]],
    ['a label of Prometheus itself', [gauge(1, { __name__: '' })]],
    ['one name of two types', [gauge(1), { ...gauge(1, { a: 'b' }), type: 'counter' }]],
    ['the same series twice', [gauge(1, { a: '1', b: '2' }), gauge(2, { b: '2', a: '1' })]],
    ['too few counts', [histogram([1, 2], [1, 2])]],
    ['bounds that fall', [histogram([2, 1], [1, 2, 3])]],
    ['a bound twice', [histogram([1, 1], [1, 2, 3])]],
    ['a bound that is no number', [histogram([Number.NaN], [1, 2])]],
    ['an own label le', [histogram([1], [1, 2], { le: '3' })]],
  ])('refuses %s', (_, readings) => {
    expect(() => prometheusText(readings)).toThrow(expect.objectContaining({ code: 'ERR_RINGWAL_OPTION' }))
  })
})
