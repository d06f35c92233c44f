import { expect, it, vi } from 'vitest'
import { Wal } from '../../src/index.ts'
import { temporaryDirectory } from '../storage/temporary-directory.ts'

it('resolves durable promises also where Atomics.waitAsync never does', async () => {
  const wal = await Wal.open({ dir: temporaryDirectory(), segmentBytes: 65536, sync: { policy: 'always' } })
  const never = { async: true as const, value: new Promise<'ok' | 'timed-out'>(() => {}) }
  const waitAsync = vi.spyOn(Atomics, 'waitAsync').mockReturnValue(never)
  for (let lsn = 1; lsn <= 3; lsn++) expect(await wal.appendDurable(lsn)).toBe(lsn)
  expect(waitAsync).toHaveBeenCalled()
  waitAsync.mockRestore()
  expect(await wal.appendDurable('woken again')).toBe(4)
  await wal.close()
})
