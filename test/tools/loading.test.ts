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
  /** Of src: folders, and files that stand in none of them. */
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

  const ENGINE = ['hono', '@hono/node-server', 'piscina', 'replay', 'trading']
  const READING = ['csv-parse', 'wal', 'ring', 'repair', 'foreign', ...ENGINE]
  const WRITING = ['verify', 'repair', 'foreign', ...ENGINE]
  it.each([
    ['dump', [LOG], [...READING, 'verify']],
    ['verify', [LOG], READING],
    ['stat', [LOG], READING],
    ['tail', [LOG], READING],
    ['append --format jsonl', [path()], [...WRITING, 'csv-parse']],
    ['append --format csv', [path()], WRITING],
    ['repair --dry-run', [LOG], ['csv-parse', 'wal', 'ring', 'foreign', ...ENGINE]],
    ['replay --format order-jsonl', [FOREIGN_LOG], ['hono', 'piscina', 'hash-wasm', 'read', 'wal', 'replay']],
  ])('%s loads nothing that only others need', async (command, paths, others) => {
    const args = command.split(' ')
    const { packages, rooms, commands } = await loadedBy([...args, ...paths], '1\n')
    expect(commands).toEqual([args[0]])
    expect([...packages, ...rooms].filter((name) => others.includes(name))).toEqual([])
  })

  it('loads a pool of threads, and csv-parse, where they are needed', async () => {
    expect((await loadedBy(['verify', LOG, '--workers', '2'])).packages).toContain('piscina')
    expect((await loadedBy(['append', path(), '--format', 'csv'], '1\n')).packages).toContain('csv-parse')
  })
})
