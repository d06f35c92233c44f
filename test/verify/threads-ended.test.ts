import { spawnSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { temporaryDirectory } from '../storage/temporary-directory.ts'

/** More threads than work: most are ended while they would still load their code. */
const PROGRAM = `
const { verifyLog, Wal } = await import(${JSON.stringify(new URL('../../src/index.js', import.meta.url).href)})
const wal = await Wal.open({ dir: process.argv[1], segmentBytes: 65536 })
await wal.appendDurable({ a: 1 })
await wal.close()
for (let i = 0; i < 6; i++) if (!(await verifyLog(process.argv[1], { workers: 8 })).ok) throw new Error('damaged')
console.log('verified')
`

it('threads that nobody needs are ended without harm to the process', () => {
  const args = ['--input-type=module', '-e', PROGRAM, temporaryDirectory()]
  const { stdout, stderr, status, signal } = spawnSync(process.execPath, args, { encoding: 'utf8' })
  expect({ stdout, stderr, status, signal }).toEqual({ stdout: 'verified\n', stderr: '', status: 0, signal: null })
})
