import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { drawPage } from '../../bench/page/draw-page.ts'
import { parseResult } from '../../bench/page/parse-result.ts'
import { temporaryDirectory } from '../storage/temporary-directory.ts'
import { emptyResult, sampleResult } from './sample-result.ts'

const FROM_JSON = fileURLToPath(new URL('../../bench/page/from-json.js', import.meta.url))
const sample = sampleResult()

function changed(place: string, value: unknown): string {
  const result: unknown = structuredClone(sample)
  const keys = place.split('.')
  const last = keys.pop()!
  let owner = result as Record<string, unknown>
  for (const key of keys) owner = owner[key] as Record<string, unknown>
  owner[last] = value
  return JSON.stringify(result)
}

describe('a saved result', () => {
  it('is read back as it was', () => {
    expect(parseResult(JSON.stringify(sample))).toEqual(sample)
    expect(parseResult(JSON.stringify(emptyResult()))).toEqual(emptyResult())
  })

  it.each([
    ['version', 2, 'result.version is not one of 1'],
    ['started', 'yesterday', 'result.started is not a time of ISO 8601'],
    ['machine', null, 'result.machine is not an object'],
    ['machine.cores', '2', 'result.machine.cores is not a number of 0 or more'],
    ['throughput', {}, 'result.throughput is not a list of at most 10000'],
    ['throughput', Array(10_001).fill(1), 'result.throughput is not a list of at most 10000'],
    ['throughput.1.policy', 'sometimes', 'result.throughput[1].policy is not one of always, interval, never'],
    ['appendCost.0.single.curve.3', [101, 5], 'result.appendCost[0].single.curve[3] is no point of a curve'],
    ['appendCost.0.single.curve.3', [50, -5], 'result.appendCost[0].single.curve[3][1] is not a number of 0 or more'],
    ['disk.2.MBPerSecond.median', null, 'result.disk[2].MBPerSecond.median is not a number of 0 or more'],
    ['peers.0.durable', true, 'result.peers[0].durable is not one of false'],
    ['peers.0.promise', 'x'.repeat(10_001), 'result.peers[0].promise is not a text of at most 10000 letters'],
    ['claims.0.holds', 1, 'result.claims[0].holds is not true or false'],
  ])('with another %s (%j) is refused', (place, value, message) => {
    const refusal = { code: 'ERR_RINGWAL_INPUT', message: `no result of the benchmark: ${message}` }
    expect(() => parseResult(changed(place, value))).toThrow(expect.objectContaining(refusal))
  })

  it('is drawn by from-json.js, which refuses anything else', () => {
    const file = join(temporaryDirectory(), 'result.json')
    const run = (...args: string[]) => spawnSync(process.execPath, [FROM_JSON, ...args], { encoding: 'utf8' })
    writeFileSync(file, JSON.stringify(sample))
    const { status, stdout, stderr } = run(file)
    expect({ status, stderr, same: stdout === drawPage(sample) }).toEqual({ status: 0, stderr: '', same: true })
    writeFileSync(file, '{')
    expect(run(file)).toMatchObject({
      status: 2,
      stdout: '',
      stderr: 'bench: no result of the benchmark: it is no JSON\n',
    })
    expect(run()).toMatchObject({ status: 2, stdout: '', stderr: expect.stringMatching(/^usage: /) })
  })
})
