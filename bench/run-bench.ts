import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { type ErrorCode, RingwalError } from '../src/errors.ts'
import { printable } from '../tools/support/printable.ts'
import { judge } from './claims/judge.ts'
import { describeMachine } from './machine.ts'
import { stopMeasuring } from './measure/isolate.ts'
import { type BenchOptions, parseOptions } from './options.ts'
import { drawPage } from './page/draw-page.ts'
import { Progress } from './progress.ts'
import { render } from './report/render.ts'
import type { BenchResult } from './result.ts'
import { makeSections } from './sections/make-sections.ts'
import { Workshop } from './sections/workshop.ts'
import { runSections } from './suite.ts'
import { usage } from './usage.ts'

/** How the benchmark is called. */
export interface BenchCall {
  /** For the help. */
  readonly command: string
  /** Where logs are made if `--dir` is not given. */
  readonly dir: string
}

/**
 * Measures what the arguments ask for, and prints it.
 * @returns the exit code: 0 if all was measured, whether or not the claims hold; 1 if something failed, a record that is
 *   missing from a log included; 2 for wrong arguments
 */
export async function runBench(args: readonly string[], call: BenchCall): Promise<number> {
  let options: BenchOptions | 'help'
  try {
    options = parseOptions(args, call.dir)
  } catch (error) {
    return complain(error, 2)
  }
  if (options === 'help') {
    process.stdout.write(usage(call.command, call.dir))
    return 0
  }
  try {
    const result = await measure(options)
    if (options.html !== undefined) writeFileSync(options.html, drawPage(result))
    await print(options.json ? `${JSON.stringify(result, undefined, 2)}\n` : render(result))
    return 0
  } catch (error) {
    return complain(error, 1)
  }
}

/** Behind which nothing is left running, and no log. */
const SIGNALS: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP']

async function measure(options: BenchOptions): Promise<BenchResult> {
  const root = makeRoot(options.dir)
  const shop = new Workshop(options, root)
  shop.atStop(stopMeasuring)
  const cleanUp = (): void => {
    shop.stop()
    // A process that was just killed may have made a file since the directory was listed.
    if (!options.keep) rmSync(root, { recursive: true, force: true, maxRetries: 10 })
  }
  const interrupted = (_: NodeJS.Signals, number: number): void => {
    cleanUp()
    process.exit(128 + number)
  }
  for (const signal of SIGNALS) process.once(signal, interrupted)
  try {
    return await measureAt(shop)
  } finally {
    for (const signal of SIGNALS) process.off(signal, interrupted)
    cleanUp()
  }
}

async function measureAt(shop: Workshop): Promise<BenchResult> {
  const began = new Date()
  const machine = describeMachine(shop.root)
  const { runs } = shop.options
  const sections = await makeSections(shop)
  await runSections(sections, runs, new Progress())
  const measured = {
    ...NOTHING,
    ...Object.assign({}, ...sections.map((section) => section.figures())),
    version: 1 as const,
    started: began.toISOString(),
    seconds: (Date.now() - began.getTime()) / 1000,
    runs,
    machine,
    skipped: shop.skipped,
  }
  return { ...measured, claims: judge(measured) }
}

/** Of a section that was not asked for. */
const NOTHING = {
  throughput: [],
  appendCost: [],
  latency: [],
  openLoop: [],
  disk: [],
  lifetime: [],
  reading: [],
  opening: [],
  micro: [],
  peers: [],
} as const satisfies Partial<BenchResult>

function makeRoot(dir: string): string {
  const parent = resolve(dir)
  mkdirSync(parent, { recursive: true })
  return mkdtempSync(join(parent, 'ringwal-bench-'))
}

/** Resolves when it is handed to the system: a result is long, and a pipe is short. */
function print(text: string): Promise<void> {
  return new Promise((done, reject) => {
    process.stdout.write(text, (error) => (error ? reject(error) : done()))
  })
}

function complain(error: unknown, code: number): number {
  const message = error instanceof Error ? error.message : String(error)
  process.stderr.write(`ringwal: ${codeOf(error)}: ${printable(message)}\n`)
  return code
}

function codeOf(error: unknown): ErrorCode {
  if (error instanceof RingwalError) return error.code
  return error instanceof Error && 'syscall' in error ? 'ERR_RINGWAL_IO' : 'ERR_RINGWAL_INTERNAL'
}
