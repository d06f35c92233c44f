/** Where nothing can be written, a log can still be opened to be read only. */
import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import { temporaryDirectory } from '../storage/temporary-directory.ts'
import { damageRecord, logOf, stateOf } from './damaged-log.ts'

const MODULE = new URL('../../src/index.js', import.meta.url).href
/** Opens, reads, says what it saw, and that opening it in another mode is refused. */
const PROGRAM = `
const { Wal } = await import(${JSON.stringify(MODULE)})
const dir = process.argv[1]
const wal = await Wal.open({ dir, recover: 'read-only' })
const lsns = []
for await (const { lsn } of wal.read({ onDamage: 'skip' })) lsns.push(lsn)
await wal.close()
const refusal = await Wal.open({ dir }).then(() => 'opened', (error) => error.errnoName ?? error.code)
console.log(JSON.stringify({ lsns, damage: wal.recovery.damage.length, refusal }))
`
const NOBODY = 65_534

/** What a process sees that may be given another user. */
function openIn(dir: string, uid?: number): unknown {
  const args = ['--input-type=module', '-e', PROGRAM, dir]
  const options = { encoding: 'utf8', cwd: '/', ...(uid === undefined ? {} : { uid, gid: uid }) } as const
  const { stdout, stderr } = spawnSync(process.execPath, args, options)
  expect(stderr).toBe('')
  return JSON.parse(stdout)
}

/** Whether the modules can be read by the user whom root becomes to have no rights. */
function canBeNobody(): boolean {
  const program = `require('node:fs').readFileSync(${JSON.stringify(fileURLToPath(MODULE))})`
  return spawnSync(process.execPath, ['-e', program], { uid: NOBODY, gid: NOBODY }).status === 0
}

describe('opening to read only', () => {
  it('works on a read-only mount', async (ctx) => {
    if (process.getuid?.() !== 0 || process.platform !== 'linux') ctx.skip('mounting needs root on Linux')
    const dir = await logOf(5)
    damageRecord(dir, 2)
    const mount = temporaryDirectory()
    const bound = spawnSync('mount', ['--bind', dir, mount], { encoding: 'utf8' })
    if (bound.status !== 0) ctx.skip(`no mount here: ${bound.stderr}`)
    onTestFinished(() => void execFileSync('umount', [mount]))
    execFileSync('mount', ['-o', 'remount,ro,bind', mount])
    const before = stateOf(mount)
    expect(openIn(mount)).toEqual({ lsns: [1, 3, 4, 5], damage: 1, refusal: 'EROFS' })
    expect(stateOf(mount)).toEqual(before)
  })

  it('works without the right to write, to the directory or to any file', async (ctx) => {
    const isRoot = process.getuid?.() === 0
    if (isRoot && !canBeNobody()) ctx.skip('another user can not read this build')
    const dir = await logOf(5)
    for (const name of readdirSync(dir)) chmodSync(join(dir, name), 0o444)
    chmodSync(dir, 0o555)
    onTestFinished(() => chmodSync(dir, 0o755))
    const before = stateOf(dir)
    expect(openIn(dir, isRoot ? NOBODY : undefined)).toEqual({ lsns: [1, 2, 3, 4, 5], damage: 0, refusal: 'EACCES' })
    expect(stateOf(dir)).toEqual(before)
  })
})
