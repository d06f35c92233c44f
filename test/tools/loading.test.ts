/** What a command does not need it does not load: of the time that a small one takes, most is for loading modules. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { ringwal, temporaryPaths } from './cli.ts'

const path = temporaryPaths()
const FOREIGN_LOG = fileURLToPath(new URL('../../../test/foreign/cases/order-jsonl/wal/random_01.wal', import.meta.url))

const LOG = path('log')
await ringwal(['append', LOG], { input: '1\n2\n' })

interface Loaded {
  /** Of node_modules. */
  readonly packages: readonly string[]
  /** Of src: folders, and files that stand in none. */
  readonly rooms: readonly string[]
  /** Of tools/run. */
  readonly commands: readonly string[]
}

/** The modules that a command loads, in all its threads. V8 itself tells: it counts what it has run. */
async function loadedBy(args: readonly string[], input = ''): Promise<Loaded> {
  const coverage = path('coverage')
  await ringwal(args, { input, env: { NODE_V8_COVERAGE: coverage } })
  const urls = readdirSync(coverage).flatMap((file) => urlsIn(join(coverage, file)))
  const named = (pattern: RegExp): string[] => {
    const names = urls.map((url) => pattern.exec(url)?.[1]).filter((name) => name !== undefined)
    return [...new Set(names)].sort()
  }
  return {
    packages: named(/.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/),
    rooms: named(/^(?!.*\/node_modules\/).*\/src\/([^/]+)/),
    commands: named(/\/tools\/run\/([^/]+)\.js$/),
  }
}

function urlsIn(file: string): string[] {
  const { result } = JSON.parse(readFileSync(file, 'utf8')) as { readonly result: readonly { readonly url: string }[] }
  return result.map(({ url }) => url)
}

describe('ringwal', () => {
  it.each([[['--version']], [['--help']], [['engine', '--help']], [['dump', 'a', '--from', 'b']]])(
    '%j loads the command line alone',
    async (args) => {
      expect(await loadedBy(args)).toEqual({ packages: ['commander'], rooms: ['errors.js'], commands: [] })
    },
  )

  const BASE = ['@msgpack/msgpack', 'commander', 'hash-wasm']
  const READING = ['codec', 'errors.js', 'format', 'read', 'storage', 'wasm.js']
  const CHECKING = [...READING, 'verify', 'worker-pool.js']
  const WRITING = [...READING, 'ring', 'wal']
  const FOREIGN = ['codec', 'errors.js', 'foreign', 'storage', 'trading']
  it.each([
    ['dump', [LOG], BASE, READING],
    ['verify', [LOG], BASE, CHECKING],
    ['stat', [LOG], BASE, CHECKING],
    ['tail', [LOG], BASE, CHECKING],
    ['append', [path(), '--format', 'jsonl'], BASE, WRITING],
    ['append', [path(), '--format', 'csv'], [...BASE, 'csv-parse'], WRITING],
    ['replay', ['--format', 'order-jsonl', FOREIGN_LOG], ['@msgpack/msgpack', 'commander'], FOREIGN],
  ])('%s %j loads what it needs', async (command, args, packages, rooms) => {
    const loaded = await loadedBy([command, ...args], '1\n')
    expect(loaded).toEqual({ packages: packages.toSorted(), rooms: rooms.toSorted(), commands: [command] })
  })

  it('loads a pool of threads where a command is to share its work', async () => {
    expect((await loadedBy(['verify', LOG, '--workers', '2'])).packages).toEqual([...BASE, 'piscina'])
  })
})
