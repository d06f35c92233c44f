/** SIGKILL at any moment of an archivist's work: nothing that was stored is touched again, and the next life goes on. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { parseManifestName, parseObjectName } from '../../src/archive/archive-names.ts'
import { sha256Of } from '../../src/archive/checked-lines.ts'
import { directoryTarget, verifyArchive } from '../../src/archive/index.ts'
import { SeededRandom } from '../support/seeded-random.ts'
import { append, expectArchived, openArchived, type Places, places, until } from './live-log.ts'

const LIVES = 10
/** On a slow machine there are fewer. */
const BUDGET_MS = 12_000
/** How long a life is after its first run, at most. */
const LIFE_MS = 400

/** @returns what was last told durable, and archived */
async function live({ dir, archive }: Places, ms: number): Promise<{ durable: number; archived: number }> {
  const file = fileURLToPath(new URL('./archiving-process.js', import.meta.url))
  const child = spawn(process.execPath, [file, dir, archive], { stdio: ['ignore', 'pipe', 'inherit'] })
  const closed = once(child, 'close')
  let told = { durable: 0, archived: 0 }
  let isDoomed = false
  for await (const line of createInterface({ input: child.stdout })) {
    const [durable = 0, archived = 0] = line.split(' ').map(Number)
    told = { durable, archived }
    if (archived === 0 || isDoomed) continue
    isDoomed = true
    setTimeout(() => child.kill('SIGKILL'), ms)
  }
  await closed
  return told
}

/** Every object with its name, its file and its bytes. */
function objectsOf(archive: string): Map<string, string> {
  const names = readdirSync(archive).filter((name) => parseManifestName(name) ?? parseObjectName(name))
  return new Map(
    names.map((name) => [name, `${statSync(join(archive, name)).ino} ${sha256Of(readFileSync(join(archive, name)))}`]),
  )
}

it('SIGKILL in the middle of archiving costs nothing that was archived, nor overwrites it', {
  timeout: 60_000,
}, async () => {
  const where = places()
  const random = new SeededRandom(7)
  let before = new Map<string, string>()
  const deadline = performance.now() + BUDGET_MS
  for (let life = 0; life < LIVES && (life < 3 || performance.now() < deadline); life++) {
    const { durable, archived } = await live(where, random.between(0, LIFE_MS))
    expect(durable).toBeGreaterThan(0)
    expect(archived).toBeLessThanOrEqual(durable)
    const after = objectsOf(where.archive)
    for (const [name, object] of before) expect(after.get(name), name).toBe(object)
    before = after
    expect(await verifyArchive(directoryTarget(where.archive))).toMatchObject({ ok: true })
  }
  expect(before.size).toBeGreaterThan(5)
  const wal = await openArchived(where)
  const lastLsn = await append(wal, 10)
  await until(wal, (stats) => stats.lastLsn === lastLsn)
  await wal.close()
  await expectArchived(where, lastLsn)
})
