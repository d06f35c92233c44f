/** `restore --reducer`: a log whose state can not be true is not put in place. */
import { readdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { describe, expect, it } from 'vitest'
import { Wal } from '../../src/index.ts'
import { SERVICE_EVENT } from '../../src/trading/index.ts'
import { temporaryPaths } from './cli.ts'
import { ringwalInside } from './inside.ts'

const path = temporaryPaths()
const T0 = 1_795_211_280_000_000_000n

/** Balances, a second apart, archived. @param totals the one of each event, of which 150 are free and 40 locked */
async function archiveOf(totals: readonly number[]): Promise<string> {
  const [dir, archive] = [path('log'), path('archive')]
  const wal = await Wal.open({ dir })
  for (const [index, total_balance] of totals.entries()) {
    const event_data = { free_balance: 150, locked_balance: 40, total_balance }
    const event = { event_type: 'BALANCE_UPDATED', aggregate_id: 'USDC', event_data }
    wal.append(event, { type: SERVICE_EVENT, time: T0 + BigInt(index) * 1_000_000_000n })
  }
  await wal.close()
  expect(await ringwalInside(['backup', dir, '--archive', archive])).toMatchObject({ code: 0 })
  return archive
}

function restore(archive: string, output: string, ...args: readonly string[]): ReturnType<typeof ringwalInside> {
  return ringwalInside(['restore', '--archive', archive, '--output', output, '--reducer', 'trading', ...args])
}

const CHECKS = 'positions: PASS\norders: PASS\nbalances: PASS\nevent_stream: PASS\n'

describe('restore with a reducer', () => {
  it('tells of each check, and puts a consistent state in place', async () => {
    const [archive, output] = [await archiveOf([190, 190]), path('restored')]
    const { code, stdout, stderr } = await restore(archive, output)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toContain(`${CHECKS}from backup `)
    expect(readdirSync(output)).toContain('restore-report.json')
  })

  it('of a time also holds the events against it', async () => {
    const [archive, output] = [await archiveOf([190, 190, 190]), path('restored')]
    const { code, stdout } = await restore(archive, output, '--timestamp', '2026-11-20T21:48:01Z')
    expect(code).toBe(0)
    expect(stdout).toContain(`${CHECKS}target: PASS\nfrom backup `)
  })

  it('changes nothing where the state is not consistent', async () => {
    const [archive, output] = [await archiveOf([190, 200]), path('restored')]
    const before = readdirSync(dirname(output))
    const { code, stdout, stderr } = await restore(archive, output)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(
      /^ringwal: ERR_RINGWAL_INPUT: the restored state is not consistent: 1 error, the first: Balance mismatch [^\n]+\n$/,
    )
    expect(readdirSync(dirname(output))).toEqual(before)
    // Up to the record before, it was.
    expect(await restore(archive, output, '--lsn', '1')).toMatchObject({ code: 0 })
  })

  it('asks for the log from its first record on', async () => {
    const [dir, archive, output] = [path('log'), path('archive'), path('restored')]
    const wal = await Wal.open({ dir, segmentBytes: 65_536 })
    while (wal.lastLsn < 900) wal.append({ n: wal.lastLsn, text: 'x'.repeat(200) })
    await wal.flush()
    await wal.truncateBefore(800)
    await wal.close()
    expect(await ringwalInside(['backup', dir, '--archive', archive])).toMatchObject({ code: 0 })
    const { code, stderr } = await restore(archive, output)
    expect(code).toBe(2)
    expect(stderr).toMatch(/^ringwal: ERR_RINGWAL_OPTION: --reducer: the log begins with LSN \d+, and [^\n]+\n$/)
  })

  it.each(['--no-validate', '--dry-run'])('does not go with %s', async (option) => {
    const { code, stderr } = await restore(path('archive'), path('restored'), option)
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: `ringwal: ERR_RINGWAL_OPTION: --reducer and ${option} can not be used together\n`,
    })
  })
})
