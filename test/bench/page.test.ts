import { describe, expect, it } from 'vitest'
import { drawPage } from '../../bench/page/draw-page.ts'
import type { Plot } from '../../bench/page/plot.ts'
import type { BenchResult } from '../../bench/result.ts'
import { emptyResult, sampleResult } from './sample-result.ts'

const sample = sampleResult()
const page = drawPage(sample)

function embedded(html: string, id: string): unknown {
  const [, json = ''] = html.match(new RegExp(`<script type="application/json" id="${id}">(.*?)</script>`, 's')) ?? []
  return JSON.parse(json)
}

function count(html: string, part: RegExp): number {
  return html.match(part)?.length ?? 0
}

describe('the page', () => {
  it('is one file that loads nothing', () => {
    // In the notices of chart.js and of the colour library in it.
    const notices = ['https://www.chartjs.org', 'https://github.com/kurkle/color#readme']
    expect(new Set(page.match(/https?:\/\/[^\s"'<>]+/g))).toEqual(new Set(notices))
    const markup = page.replace(/<script.*?<\/script>/gs, '')
    expect(markup).not.toMatch(/\ssrc=|@import|url\(|<link(?! rel="icon" href="data:,")/)
    expect([...markup.matchAll(/\shref="([^"]*)"/g)].filter(([, to]) => !/^(#|data:,$)/.test(to!))).toEqual([])
    expect(page).not.toContain('sourceMappingURL')
    expect(page).toContain('<meta http-equiv="Content-Security-Policy" content="default-src &#39;none&#39;; ')
  })

  it('holds the result as it is', () => {
    expect(embedded(page, 'result')).toEqual(sample)
  })

  it('has a canvas for each plot, with a title and a sentence', () => {
    const plots = embedded(page, 'plots') as Plot[]
    expect(plots.map(({ id }) => id)).toEqual([
      'peers-pipelined',
      'peers-one-at-a-time',
      'peers-64-callers',
      'peers-latency',
      'throughput-size',
      'throughput-encoding',
      'append-burst',
      'append-percentiles',
      'latency-wait',
      'latency-policy',
      'open-loop',
      'producers',
      'lifetime',
      'memory',
      'reading',
      'opening',
      'disk-batch',
      'disk-latency',
      'micro',
    ])
    for (const { id, title, views } of plots) {
      expect(page).toContain(`<figure class="plot" data-plot="${id}">\n<figcaption><h3>${title}</h3>`)
      expect(count(page, new RegExp(`data-plot="${id}"[^]*?</figure>`, 'g'))).toBe(1)
      for (const { reading } of views) expect(reading).toMatch(/^\S.*\.$/)
    }
    expect(count(page, /<canvas role="img" aria-label="[^"]+">/g)).toBe(plots.length)
  })

  it('has every figure in a table, and a mark for each claim', () => {
    const figures = Object.values(sample).filter(Array.isArray).flat().length
    // Two tables for throughput; one more for the promises of nine peers; heads; claims and what was skipped are counted.
    const tables = count(page, /<table/g)
    expect(count(page, /<tr>/g)).toBe(figures + sample.throughput.length + 9 + tables)
    expect(count(page, /✓ holds/g)).toBe(3)
    expect(count(page, /✗ missed/g)).toBe(1)
  })

  it('leaves out what was not measured', () => {
    const empty = drawPage(emptyResult())
    expect(empty).not.toMatch(/<section|<canvas|<table/)
    const { openLoop, skipped } = sample
    const some = drawPage({ ...emptyResult(), openLoop, skipped })
    expect([...some.matchAll(/<section id="(.*?)"/g)].map(([, id]) => id)).toEqual(['latency', 'skipped'])
    expect([...some.matchAll(/<figure class="plot" data-plot="(.*?)"/g)].map(([, id]) => id)).toEqual(['open-loop'])
  })

  it('takes every text as text', () => {
    const evil = `</script><script>alert(1)</script><!-- "onload='x' &amp; <img src=x onerror=alert(1)> \u2028\u2029`
    const peers = sample.peers.map((peer) => ({ ...peer, peer: evil, version: evil, promise: evil }))
    const machine = { ...sample.machine, node: evil, cpu: evil, system: evil, fileSystem: evil }
    const claims = [{ name: evil, target: evil, measured: evil, holds: false }]
    const micro = [{ ...sample.micro[0]!, group: evil, name: evil }]
    const hostile: BenchResult = { ...sample, machine, peers, claims, micro, skipped: [{ what: evil, reason: evil }] }
    const html = drawPage(hostile)
    expect(embedded(html, 'result')).toEqual(hostile)
    expect((embedded(html, 'plots') as Plot[]).find(({ id }) => id === 'micro')?.views[0]?.name).toBe(evil)
    for (const part of [/<script/g, /<\/script/g]) expect(count(html, part)).toBe(count(page, part))
    expect(html).not.toMatch(/<img|<!--/)
  })
})
