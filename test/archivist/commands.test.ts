/** How far an archive is behind: `ringwal health` and `ringwal status`. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { archiveLog, directoryTarget } from '../../src/archive/index.ts'
import { type Appender, Wal } from '../../src/index.ts'
import { ringwalInside } from '../tools/inside.ts'
import { type Places, places } from './live-log.ts'

/** A closed log of ten records, the last four of them an hour old, and an archive of the first six. */
async function laggingLog(): Promise<Places> {
  const where = places()
  const wal = await Wal.open({ dir: where.dir, segmentBytes: 1 << 16, sync: { policy: 'always' } })
  await appendAt(wal, 6, Date.now() - 7_200_000)
  await archiveLog(where.dir, directoryTarget(where.archive), { durableLsn: 6 })
  await appendAt(wal, 4, Date.now() - 3_600_000)
  await wal.close()
  return where
}

async function appendAt(wal: Appender, count: number, ms: number): Promise<void> {
  for (let i = 0; i < count; i++) wal.append('x', { time: BigInt(ms) * 1_000_000n })
  await wal.flush()
}

async function archiveLine(where: Places, ...options: string[]): Promise<{ code: number; line: string | undefined }> {
  const { code, stdout } = await ringwalInside(['health', where.dir, '--archive', where.archive, ...options])
  const line = stdout.split('\n').find((line) => line.startsWith('archive: '))
  return { code, line: line?.replace(where.archive, '<archive>') }
}

describe('ringwal health --archive', () => {
  it('tells the lag, and makes no log unhealthy for it unless asked to', async () => {
    const where = await laggingLog()
    const lag = '<archive> ends at LSN 6: 4 records behind, the oldest 1 h old'
    expect(await archiveLine(where)).toEqual({ code: 0, line: `archive: OK: ${lag}` })
    expect(await archiveLine(where, '--max-archive-lag', '2h')).toEqual({ code: 0, line: `archive: OK: ${lag}` })
    const late = { code: 1, line: `archive: FAIL: ${lag}: more than 59 min` }
    expect(await archiveLine(where, '--max-archive-lag', '59m')).toEqual(late)
    await archiveLog(where.dir, directoryTarget(where.archive))
    const whole = { code: 0, line: 'archive: OK: <archive> holds all that is proven durable, to LSN 10' }
    expect(await archiveLine(where, '--max-archive-lag', '0s')).toEqual(whole)
  })

  it('is one of the checks, and none where no archive is told', async () => {
    const where = await laggingLog()
    const { stdout } = await ringwalInside(['health', where.dir, '--json', '--archive', where.archive])
    const { checks } = JSON.parse(stdout) as { checks: { check: string; result: string }[] }
    expect(checks.find(({ check }) => check === 'archive')).toMatchObject({ result: 'OK' })
    const { stdout: without } = await ringwalInside(['health', where.dir])
    expect(without).not.toContain('archive')
  })

  it('fails for an archive that is empty, broken, of another log or behind a gap', async () => {
    const where = await laggingLog()
    const empty = { ...where, archive: join(where.home, 'nothing') }
    expect(await archiveLine(empty)).toEqual({ code: 1, line: 'archive: FAIL: <archive>: there is no backup in it' })
    writeFileSync(join(where.archive, '0000000002.manifest'), 'no manifest')
    expect((await archiveLine(where)).line).toContain('FAIL: <archive>: 0000000002.manifest')
    const other = await laggingLog()
    const foreign = await archiveLine({ ...where, archive: other.archive })
    expect(foreign).toMatchObject({
      code: 1,
      line: expect.stringContaining('FAIL: <archive>: it is the archive of log'),
    })
    const wal = await Wal.open({ dir: other.dir, segmentBytes: 1 << 16 })
    for (let i = 0; i < 1000; i++) wal.append('x'.repeat(300))
    await wal.flush()
    const { firstLsn } = await wal.truncateBefore(700)
    await wal.close()
    const gap = `archive: FAIL: <archive>: LSN 7 to ${firstLsn - 1} were retired before they were archived`
    expect(await archiveLine(other)).toEqual({ code: 1, line: gap })
  })

  it('asks for an archive, and for one that can be', async () => {
    const where = await laggingLog()
    const lone = await ringwalInside(['health', where.dir, '--max-archive-lag', '1h'])
    expect(lone).toMatchObject({ code: 2, stderr: expect.stringContaining('of no use without --archive') })
    const wrong = await ringwalInside(['health', where.dir, '--archive', 'ftp://host/x'])
    expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining('option --archive') })
  })

  it('needs none for a log without records', async () => {
    const where = places()
    const wal = await Wal.open({ dir: where.dir })
    const line = 'archive: OK: <archive> holds all that is proven durable, to LSN 0'
    expect(await archiveLine(where)).toEqual({ code: 0, line })
    await wal.close()
  })
})

describe('ringwal status --archive', () => {
  it('tells the lag in a line, or a member', async () => {
    const where = await laggingLog()
    const args = ['status', where.dir, '--archive', where.archive]
    const text = await ringwalInside(args)
    expect(text.code).toBe(0)
    expect(text.stdout).toContain(`archive      ${where.archive} ends at LSN 6: 4 records behind, the oldest 1 h old`)
    const { archive } = JSON.parse((await ringwalInside([...args, '--json'])).stdout) as { archive: object }
    expect(archive).toMatchObject({ archive: where.archive, lastLsn: 6, lagLsns: 4, problem: null })
    expect((await ringwalInside(['status', where.dir, '--json'])).stdout).not.toContain('"archive"')
  })

  it('exits with 1 for an archive that can not be used', async () => {
    const where = await laggingLog()
    const { code, stdout } = await ringwalInside(['status', where.dir, '--archive', `${where.archive}-2`])
    expect(code).toBe(1)
    expect(stdout).toContain(`archive      ${where.archive}-2: there is no backup in it`)
  })
})
