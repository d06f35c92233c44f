import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { checkpointName } from '../../src/format/index.ts'
import { Wal } from '../../src/index.ts'
import { flipByte, ringwal, temporaryPaths } from './cli.ts'
import { ringwalInside } from './inside.ts'

const path = temporaryPaths()

async function logWithCheckpoints(): Promise<string> {
  const dir = path()
  const wal = await Wal.open({ dir, segmentBytes: 65_536 })
  for (const lsn of [10, 20]) {
    while (wal.lastLsn < lsn) wal.append('x'.repeat(4000))
    await wal.checkpoint(lsn, Buffer.alloc(5000), { label: lsn === 10 ? '' : 'positions', keep: 5 })
  }
  await wal.close()
  return dir
}

describe('ringwal status', () => {
  it('tells what stat tells, and of checkpoints, further files and the disk', async () => {
    const dir = await logWithCheckpoints()
    writeFileSync(join(dir, 'recycled-00000000000000000001.spare'), '')
    const { code, stdout, stderr } = await ringwal(['status', dir])
    const stat = await ringwalInside(['stat', dir])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout.startsWith(stat.stdout)).toBe(true)
    const more = stdout.slice(stat.stdout.length).split('\n')
    expect(more).toEqual([
      'checkpoints  2',
      expect.stringMatching(new RegExp(`^  ${checkpointName(20)}  LSN 20, 5.0 kB, created 2\\S+Z, positions$`)),
      expect.stringMatching(new RegExp(`^  ${checkpointName(10)}  LSN 10, 5.0 kB, created 2\\S+Z$`)),
      'files        0 spare, 1 recycled, 0 unfinished checkpoints, 0 set aside',
      expect.stringMatching(/^disk {9}[\d.]+ [kMGT]?B free$/),
      '',
    ])
  })

  it('tells the same as one object', async () => {
    const dir = await logWithCheckpoints()
    const [status, stat] = [
      await ringwalInside(['status', dir, '--json']),
      await ringwalInside(['stat', dir, '--json']),
    ]
    expect(status.code).toBe(0)
    const facts = JSON.parse(status.stdout)
    expect(facts).toMatchObject(JSON.parse(stat.stdout))
    const names = [20, 10].map(checkpointName)
    expect(facts.checkpoints.map(({ name }: { name: string }) => name)).toEqual(names)
    expect(facts.checkpoints[0]).toMatchObject({ lsn: 20, label: 'positions', bytes: 5000, problem: null })
    expect(facts.files).toEqual({ spare: 0, recycled: 0, unfinished: 0, setAside: 0 })
    expect(facts.disk.freeBytes).toBeGreaterThan(0)
  })

  it('exits with 1 where a checkpoint has no header that can be read', async () => {
    const dir = await logWithCheckpoints()
    flipByte(join(dir, checkpointName(20)), 30)
    const { code, stdout } = await ringwalInside(['status', dir])
    expect(code).toBe(1)
    expect(stdout).toContain(`  ${checkpointName(20)}  checkpoint ${checkpointName(20)} is damaged`)
    const { checkpoints } = JSON.parse((await ringwalInside(['status', dir, '--json'])).stdout)
    expect(checkpoints[0]).toMatchObject({ lsn: 20, created: null, problem: expect.stringContaining('damaged') })
  })

  it('tells of a live log', async () => {
    const dir = path()
    const wal = await Wal.open({ dir, segmentBytes: 65_536 })
    try {
      await wal.appendDurable('x')
      const { code, stdout } = await ringwalInside(['status', dir])
      expect(code).toBe(0)
      expect(stdout).toContain(`writer       pid ${process.pid} on `)
      expect(stdout).toContain('checkpoints  0\n')
    } finally {
      await wal.close()
    }
  })

  it('exits with 2 where there is no log', async () => {
    const empty = path()
    mkdirSync(empty)
    for (const place of [empty, path('missing'), '/dev/null']) {
      const { code, stdout, stderr } = await ringwalInside(['status', place])
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
      expect(stderr).toMatch(/^ringwal: ERR_RINGWAL_NOT_FOUND: [^\n]+\n$/)
    }
  })
})
