import { mkdirSync, readdirSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { Wal } from '../../src/index.ts'
import { ringwal, temporaryPaths } from '../tools/cli.ts'

const path = temporaryPaths()

it('no new log is made where a repair in place has only its last step to go', async () => {
  const root = path('root')
  mkdirSync(root)
  const dir = join(root, 'wal')
  await ringwal(['append', dir], { input: '1\n2\n' })
  const stamp = '20261121T120000.123Z'
  renameSync(dir, `${dir}.broken-${stamp}`)
  mkdirSync(`${dir}.repairing-${stamp}`)
  const repaired = `${dir}.repairing-${stamp}`
  await expect(Wal.open({ dir })).rejects.toMatchObject({ code: 'ERR_RINGWAL_SEGMENTS', repaired })
  expect(readdirSync(root).sort()).toEqual([`wal.broken-${stamp}`, `wal.repairing-${stamp}`])
})
