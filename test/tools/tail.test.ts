import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { truncateSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { Wal } from '../../src/index.ts'
import { CLI, jsonLines, ringwal, temporaryPaths } from './cli.ts'
import { ringwalInside } from './inside.ts'

const path = temporaryPaths()

interface Line {
  readonly lsn: number
  readonly value: unknown
}

describe('ringwal tail', () => {
  it('prints the last ten records, or as many as asked for', async () => {
    const dir = path()
    await ringwalInside(['append', dir], { input: Array.from({ length: 25 }, (_, i) => `${i + 1}\n`).join('') })
    const { code, stdout } = await ringwal(['tail', dir])
    expect(code).toBe(0)
    expect(stdout.split('\n').map((line) => line.split(' ')[0])).toEqual([
      ...['16', '17', '18', '19', '20', '21', '22', '23', '24', '25', ''],
    ])
    const few = await ringwalInside(['tail', dir, '-n', '2', '--json'])
    expect(jsonLines<Line>(few.stdout).map(({ value }) => value)).toEqual([24, 25])
    expect((await ringwalInside(['tail', dir, '-n', '100'])).stdout.match(/\n/g)).toHaveLength(25)
    expect((await ringwalInside(['tail', dir, '-n', '0'])).stdout).toBe('')
  })

  it('reaches back over segments', async () => {
    const dir = path()
    const input = Array.from({ length: 40 }, (_, i) => JSON.stringify(`${i}${'x'.repeat(4000)}`)).join('\n')
    await ringwalInside(['append', dir, '--segment-bytes', '64K'], { input })
    const { stdout } = await ringwalInside(['tail', dir, '-n', '30', '--json'])
    expect(jsonLines<Line>(stdout).map(({ lsn }) => lsn)).toEqual(Array.from({ length: 30 }, (_, i) => i + 11))
  })

  it('finds the end before a segment that holds nothing yet', async () => {
    const dir = path()
    const input = Array.from({ length: 20 }, (_, i) => JSON.stringify(`${i}${'x'.repeat(4000)}`)).join('\n')
    await ringwalInside(['append', dir, '--segment-bytes', '64K'], { input })
    // As a crash leaves it that comes between the header of a new segment and its first record.
    truncateSync(join(dir, '00000000000000000002.rwal'), 4096)
    const { stdout } = await ringwalInside(['tail', dir, '-n', '1', '--json'])
    expect(jsonLines<Line>(stdout)).toMatchObject([{ lsn: 15 }])
    const facts = JSON.parse((await ringwalInside(['stat', dir, '--json'])).stdout)
    expect(facts).toMatchObject({ firstLsn: 1, lastLsn: 15, durableLsn: 15 })
    expect(facts.segments[1]).toMatchObject({ state: 'last', firstLsn: 0, lastLsn: 0 })
  })

  it('follows a live log from the end on, and ends with 0 by SIGINT', async () => {
    const dir = path()
    const wal = await Wal.open({ dir })
    await wal.appendDurable('before')
    const child = spawn(process.execPath, [CLI, 'tail', dir, '-n', '0', '-f', '--json'])
    let stdout = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text
    })
    try {
      // Nothing tells when it has begun to follow, so records come until the first is seen.
      while (stdout === '') await Promise.all([wal.appendDurable('during'), sleep(100)])
      const last = await wal.appendDurable('last')
      const end = Date.now() + 20_000
      while (!stdout.includes(`"lsn":${last},`) && Date.now() < end) await sleep(20)
      child.kill('SIGINT')
      expect(await once(child, 'close')).toEqual([0, null])
      const seen = jsonLines<Line>(stdout)
      const from = seen[0]!.lsn
      expect(from).toBeGreaterThan(1)
      expect(seen.map(({ lsn }) => lsn)).toEqual(Array.from({ length: last - from + 1 }, (_, i) => from + i))
      expect(seen.at(-1)!.value).toBe('last')
    } finally {
      child.kill('SIGKILL')
      await wal.close()
    }
  })

  it('can not follow what is not there', async () => {
    const { code, stderr } = await ringwal(['tail', path('missing'), '-f'])
    expect(code).toBe(2)
    expect(stderr).toMatch(/^ringwal: ERR_RINGWAL_NOT_FOUND: [^\n]+\n$/)
  })
})

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
