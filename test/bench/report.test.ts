import { describe, expect, it } from 'vitest'
import { render } from '../../bench/report/render.ts'
import { resultTables } from '../../bench/report/result-tables.ts'
import type { BenchResult } from '../../bench/result.ts'
import { emptyResult, sampleResult } from './sample-result.ts'

const sample = sampleResult()
const FACTS = ['Date', 'Runs', 'Node.js', 'Processor', 'Memory', 'System', 'File system', 'Load at start']

describe('the terminal report', () => {
  it('has a row for every figure of the result', () => {
    const rows = Object.fromEntries(resultTables(sample).map((table) => [table.id, table.rows.length]))
    expect(rows).toEqual({
      throughput: sample.throughput.length,
      'throughput-bytes': sample.throughput.length,
      'append-cost': sample.appendCost.length,
      latency: sample.latency.length,
      'open-loop': sample.openLoop.length,
      disk: sample.disk.length,
      lifetime: sample.lifetime.length,
      reading: sample.reading.length,
      opening: sample.opening.length,
      micro: sample.micro.length,
      peers: sample.peers.length,
      promises: 9,
    })
  })

  it.each([
    [
      'throughput',
      /^ {2}always +bytes +256 KiB +1 +1,500,000 +[\d,]+ \([\d,]+–[\d,]+\) +[\d.]+ \(.*\) GB\/s +70 \(.*\) ns$/m,
    ],
    [
      'its bytes',
      /^ {2}always +bytes +256 KiB +1 +[\d.]+ \(.*\) GB\/s +0\.67 \(.*\)× +0\.\d\d \(.*\)× +391 \(.*\) KiB +4,100 \(/m,
    ],
    [
      'append cost',
      /^ {2}interval +declared +249 B +191 \(180–206\) ns +781 \(750–822\) ns +238 ns +827 ns +2\.61 µs +5\.09 µs /m,
    ],
    [
      'latency',
      /^ {2}always +200 B +1 +bare loop, record +11\.4 \(.*\) k +88\.0 \(.*\) µs +140 \(.*\) µs +211 \(.*\) µs +\d+ µs +6,000$/m,
    ],
    [
      'a percentile with too few samples',
      /^ {2}interval +200 B +1 +waitDurable +9\.62 \(.*\) +104 \(.*\) ms +– +– +147 ms +50$/m,
    ],
    ['open loop', /^ {2}always +200 B +1 M +1 M +580 ns +1\.80 µs +5\.14 µs +390 µs +686 µs +1\.14 ms +5\.74 ms$/m],
    ['disk', /^ {2}fio +growing +64 KiB +289 \(.*\) MB\/s +4,409 \(.*\) +227 \(.*\) µs +326 \(.*\) µs +6,000$/m],
    ['lifetime', /^ +100,000,000 +94 \(.*\) ns +215 \(209–223\) ns +121 \(120–123\)$/m],
    ['reading', /^ {2}replay +2 +5 M +1,405 +2\.37 \(.*\) M +0\.67 \(.*\) +140 \(.*\)$/m],
    ['opening', /^ {2}SIGKILL +1 GiB +241 \(219–269\)$/m],
    ['micro', /^ {2}encode the order +declared record +143 \(137–150\) ns$/m],
    ['peers', /^ {2}one at a time +200 B +classic-level +5,600 \(5,264–6,037\) +1\.71× +179 µs +492 µs +1\.26 ms$/m],
    ['a weaker promise', /^ {2}one at a time +200 B +better-sqlite3 NORMAL \(not durable\) +38 \(.*\) k +0\.25×/m],
    ['promises', /^ {2}rocksdb +5\.2\.1 +sync: true, fdatasync of the log at each write$/m],
    ['what was skipped', /^ {2}node:sqlite +this Node\.js, v20\.20\.0, does not have it$/m],
    ['a claim that holds', /^holds: {2}verify, one worker: 5\.06 GB\/s, asked: at least 3 GB\/s$/m],
    ['a claim that does not', /^MISSED: 128 B with 3 producers: 3\.81 M\/s, asked: at least 4 M\/s in sum$/m],
    ['how many hold', /^3 of 4 claims hold$/m],
    ['the machine', /^Processor +Sample Processor 8481C @ 2\.70GHz, 2 cores$/m],
    ['the runs', /^Runs +5 runs in turn: medians \(min–max\), 21 min 24 s$/m],
  ])('tells %s', (_, line) => {
    expect(render(sample)).toMatch(line)
  })

  it('leaves out what was not measured', () => {
    const text = render(emptyResult())
    expect(
      text
        .trim()
        .split('\n')
        .map((line) => line.slice(0, 14).trimEnd()),
    ).toEqual(FACTS)
    const { micro, claims } = sample
    const some = render({ ...emptyResult(), micro, claims })
    expect(some).toContain('Single operations\n')
    expect(some).not.toMatch(/Throughput|Latency|Peers|Not measured/)
  })

  it('says so when the files are on no disk', () => {
    const machine = { ...sample.machine, fileSystem: 'tmpfs' }
    expect(render({ ...emptyResult(), machine })).toContain('NOT A DISK')
    expect(render(emptyResult())).not.toContain('NOT A DISK')
  })

  it('lets no text from elsewhere steer the terminal', () => {
    const evil = 'x\u001b[2Jy\nz\u202e'
    const peers = sample.peers.map((peer) => ({ ...peer, peer: evil, version: evil, promise: evil }))
    const skipped = [{ what: evil, reason: evil }]
    const claims = [{ name: evil, target: evil, measured: evil, holds: true }]
    const machine = { ...sample.machine, cpu: evil, system: evil, node: evil }
    const micro = [{ ...sample.micro[0]!, group: evil, name: evil }]
    const text = render({ ...sample, machine, peers, skipped, claims, micro } satisfies BenchResult)
    expect(text).toContain('x\\u001b[2Jy\\u000az\\u202e')
    for (const part of ['\u001b', '\u202e', '\nz']) expect(text).not.toContain(part)
  })
})
