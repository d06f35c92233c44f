import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { VerifyReport } from '../../src/index.ts'
import { ringwal } from '../tools/cli.ts'
import { ringwalInside } from '../tools/inside.ts'
import { DUMP, goldenLogs, MANIFEST, type Manifest, VECTORS, VERIFY } from './vectors.ts'

const REMEDY =
  'the format or what the tools say of it changed: if that is meant, npm run vectors, and tell it in CHANGELOG.md'
const manifest: Manifest = JSON.parse(readFileSync(join(VECTORS, MANIFEST), 'utf8'))
const logs = goldenLogs()

/** Every class of src/read/damage.ts. */
const CLASSES = [
  ...['payload', 'header', 'length', 'zeros', 'gap', 'stale', 'truncated', 'segment-header', 'missing-segment'],
  ...['duplicate-segment', 'foreign', 'not-a-file', 'unreadable', 'torn-tail'],
]

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** Paths of the files below a directory, relative to it. */
function filesBelow(dir: string): string[] {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(dir.length + 1))
    .sort()
}

describe('the golden logs', () => {
  it('are those of the manifest, and show every class of damage but those it names', () => {
    const names = manifest.logs.map(({ name }) => name)
    expect(names).toEqual(logs.map(({ name }) => name))
    const folders = readdirSync(VECTORS, { withFileTypes: true }).filter((entry) => entry.isDirectory())
    expect(folders.map(({ name }) => name).sort()).toEqual([...names].sort())
    const shown = manifest.logs.flatMap(({ shows }) => shows)
    expect([...new Set([...shown, ...manifest.notShown.map((one) => one.class)])].sort()).toEqual([...CLASSES].sort())
    const bytes = manifest.logs.flatMap(({ files }) => files).reduce((sum, file) => sum + file.bytes, 0)
    expect(bytes).toBeLessThan(300 * 1024)
  })

  it.each(logs.map((log) => [log.name, log] as const))('%s is what the format code writes', (name, log) => {
    const described = manifest.logs.find((one) => one.name === name)!
    expect(described).toMatchObject({ holds: log.holds, shows: log.shows })
    expect(filesBelow(join(VECTORS, name))).toEqual([...log.files.map(({ path }) => path), VERIFY, DUMP].sort())
    for (const { path, bytes } of log.files) {
      const stored = readFileSync(join(VECTORS, name, path))
      expect(Buffer.compare(stored, bytes), `${name}/${path}: ${REMEDY}`).toBe(0)
      const facts = { path, bytes: bytes.length, sha256: sha256(bytes) }
      expect(described.files.find((file) => file.path === path)).toEqual(facts)
    }
  })
})

describe('what the tools say of the golden logs', () => {
  it.each(manifest.logs.map((log) => [log.name, log] as const))('%s', async (name, { shows, exitCodes }) => {
    const dir = join(VECTORS, name)
    const verify = await ringwalInside(['verify', dir, '--json'])
    expect(verify.stdout, REMEDY).toBe(readFileSync(join(dir, VERIFY), 'utf8'))
    const dump = await ringwalInside(['dump', dir, '--json'])
    expect(dump.stdout, REMEDY).toBe(readFileSync(join(dir, DUMP), 'utf8'))
    expect({ verify: verify.code, dump: dump.code }).toEqual(exitCodes)
    expect(verify.code === 2).toBe(name.startsWith('later-') && name !== 'later-writer')
    if (verify.code === 2) expect(verify.stderr).toMatch(/^ringwal: ERR_RINGWAL_FORMAT: /)
    else expect(found(JSON.parse(verify.stdout))).toEqual([...shows].sort())
  })

  it.each(['every-kind', 'damage-payload', 'later-kind'])('%s, by the command itself', async (name) => {
    const dir = join(VECTORS, name)
    const { exitCodes } = manifest.logs.find((one) => one.name === name)!
    const verify = await ringwal(['verify', dir, '--json'])
    expect(verify).toMatchObject({ code: exitCodes.verify, stdout: readFileSync(join(dir, VERIFY), 'utf8') })
    const dump = await ringwal(['dump', dir, '--json'])
    expect(dump).toMatchObject({ code: exitCodes.dump, stdout: readFileSync(join(dir, DUMP), 'utf8') })
  })
})

function found({ damage, tornTail }: VerifyReport): string[] {
  const classes = damage.map((one) => one.class)
  return [...new Set([...classes, ...(tornTail === null ? [] : ['torn-tail'])])].sort()
}
