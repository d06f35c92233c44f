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
  /** Of ringwal: rooms of src (or a file that stands in none), commands, the benchmark. */
  readonly parts: readonly string[]
}

const BUILD = new URL('../../', import.meta.url).href
const PACKAGE = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/
const PART = /^(src\/[^/]+|tools\/run\/[^/]+|bench)/

/** The modules that a command loads, in all its threads. V8 itself tells: it counts what it has run. */
async function loadedBy(args: readonly string[], input = ''): Promise<Loaded> {
  const coverage = path('coverage')
  await ringwal(args, { input, env: { NODE_V8_COVERAGE: coverage } })
  const urls = readdirSync(coverage).flatMap((file) => urlsIn(join(coverage, file)))
  const own = urls.filter((url) => url.startsWith(BUILD)).map((url) => url.slice(BUILD.length))
  return { packages: namesIn(urls, PACKAGE), parts: namesIn(own, PART) }
}

function namesIn(texts: readonly string[], pattern: RegExp): string[] {
  const names = texts.map((text) => pattern.exec(text)?.[1]).filter((name) => name !== undefined)
  return [...new Set(names)].sort()
}

function urlsIn(file: string): string[] {
  const { result } = JSON.parse(readFileSync(file, 'utf8')) as { readonly result: readonly { readonly url: string }[] }
  return result.map(({ url }) => url)
}

describe('ringwal', () => {
  it.each([[['--version']], [['--help']], [['engine', '--help']], [['dump', 'a', '--from', 'b']]])(
    '%j loads the command line alone',
    async (args) => {
      expect(await loadedBy(args)).toEqual({ packages: ['commander'], parts: ['src/errors.js'] })
    },
  )

  const ENGINE = ['hono', '@hono/node-server', 'piscina', 'src/replay', 'src/trading', 'bench']
  const READING = ['csv-parse', 'src/wal', 'src/ring', 'src/repair', 'src/foreign', ...ENGINE]
  const WRITING = ['src/verify', 'src/repair', 'src/foreign', ...ENGINE]
  const FOREIGN = ['csv-parse', 'hash-wasm', 'hono', 'piscina', 'src/read', 'src/wal', 'src/replay', 'bench']
  it.each([
    ['dump', [LOG], [...READING, 'src/verify']],
    ['verify', [LOG], READING],
    ['stat', [LOG], READING],
    ['status', [LOG], READING],
    ['health', [LOG], READING],
    ['tail', [LOG], READING],
    ['append --format jsonl', [path()], [...WRITING, 'csv-parse']],
    ['append --format csv', [path()], WRITING],
    ['repair --dry-run', [LOG], ['csv-parse', 'src/wal', 'src/ring', 'src/foreign', ...ENGINE]],
    ['replay --format order-jsonl', [FOREIGN_LOG], FOREIGN],
  ])('%s loads nothing that only others need', async (command, paths, others) => {
    const args = command.split(' ')
    const { packages, parts } = await loadedBy([...args, ...paths], '1\n')
    expect(parts.filter((name) => name.startsWith('tools/'))).toEqual([`tools/run/${args[0]}.js`])
    expect([...packages, ...parts].filter((name) => others.includes(name))).toEqual([])
  })

  it('loads a pool of threads, and csv-parse, where they are needed', async () => {
    expect((await loadedBy(['verify', LOG, '--workers', '2'])).packages).toContain('piscina')
    expect((await loadedBy(['append', path(), '--format', 'csv'], '1\n')).packages).toContain('csv-parse')
  })
})
