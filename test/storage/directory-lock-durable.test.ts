import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, onTestFinished, vi } from 'vitest'
import { lockDirectory } from '../../src/storage/directory-lock.ts'
import { LOCK_FILE_BYTES } from '../../src/storage/lock-holder.ts'
import { nodeFileSystem } from '../../src/storage/node-file-system.ts'
import { temporaryDirectory } from './temporary-directory.ts'

it('a lock file is durable, whole, before it gets its name', async () => {
  const dir = temporaryDirectory()
  const moments: { readonly isNamed: boolean; readonly bytes: number }[] = []
  const { syncAll } = nodeFileSystem
  const spy = vi.spyOn(nodeFileSystem, 'syncAll').mockImplementation((file) => {
    const isNamed = nodeFileSystem.statPath(join(dir, 'LOCK')) !== undefined
    moments.push({ isNamed, bytes: nodeFileSystem.stat(file).size })
    syncAll.call(nodeFileSystem, file)
  })
  onTestFinished(() => spy.mockRestore())
  const lock = await lockDirectory(dir)
  onTestFinished(() => lock.release())
  expect(moments[0]).toEqual({ isNamed: false, bytes: LOCK_FILE_BYTES })
  expect(JSON.parse(readFileSync(join(dir, 'LOCK'), 'utf8'))).toEqual(lock.holder)
})
