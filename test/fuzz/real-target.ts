/** The public functions and the real commands over files of the real file system, links and FIFOs among them. */
import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ERROR_MEANINGS } from '../../src/errors.ts'
import { encodeHeaderPage } from '../../src/format/index.ts'
import { readWal, verifyLog } from '../../src/index.ts'
import { sampleLog } from '../damage/sample-log.ts'
import { checker } from '../support/log-harness.ts'
import type { FuzzFile } from './fuzz-log.ts'
import { attemptLater, checkLine, Finding } from './oracles.ts'

const CLI = fileURLToPath(new URL('../../tools/ringwal.js', import.meta.url))
const COMMAND_MS_MAX = 10_000
/** Where links point to: a segment that no reader of the log may open. It would show by its LSN, or by its time. */
const { name: OUTSIDE, header, bytes: outsideBytes } = sampleLog('closed').segments[1]!
const OUTSIDE_FACTS = { firstLsn: 777_777_777_777, created: 777_777_777_000_000_000n }
const OUTSIDE_TRACES = /777777777777|1994-08-25/
outsideBytes.set(encodeHeaderPage({ ...header, ...OUTSIDE_FACTS }, checker))
const COMMANDS: readonly (readonly string[])[] = [
  ['verify', 'log'],
  ['verify', 'log', '--json'],
  ['dump', 'log'],
  ['dump', 'log', '--json'],
  ['dump', 'log', '--headers'],
  ['stat', 'log'],
  ['stat', 'log', '--json'],
  ['repair', 'log', '--dry-run'],
  ['repair', 'log', '--output', 'repaired'],
  ['repair', 'log', '--output', 'repaired-by-bit', '--fix-single-bit', '--json'],
]
/** What repair and salvage may make. */
const MADE = /^(repaired|repaired-by-bit|salvaged)(\/([0-9]{20}\.rwal|repair-report\.(json|md)))?$/
/** A repair takes the lock; what it needs for that stays. */
const LOCK = /^log\/LOCK(\.[a-z]+)?$/

/** @param isWhole also the commands, each a process; @throws Finding */
export async function runReal(
  files: readonly FuzzFile[],
  refusals: Map<string, number>,
  isWhole: boolean,
): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), 'ringwal-fuzz-real-'))
  try {
    layOut(root, files)
    const before = pictureOf(root)
    await readHere(join(root, 'log'), files, refusals)
    if (isWhole) for (const args of [...COMMANDS, salvageOf(files)]) runCommand(root, args)
    if (pictureOf(root) !== before) throw new Finding('reading changed files')
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}

function layOut(root: string, files: readonly FuzzFile[]): void {
  mkdirSync(join(root, 'log'))
  mkdirSync(join(root, 'outside'))
  const outside = join(root, 'outside', OUTSIDE)
  writeFileSync(outside, outsideBytes)
  for (const { name, kind, bytes } of new Map(files.map((file) => [file.name, file])).values()) {
    const path = join(root, 'log', name)
    if (kind === 'file') writeFileSync(path, bytes)
    else if (kind === 'link') symlinkSync(outside, path)
    else if (kind === 'directory') mkdirSync(path)
    else if (process.platform !== 'win32') execFileSync('mkfifo', [path])
  }
}

function salvageOf(files: readonly FuzzFile[]): readonly string[] {
  return ['salvage', ...files.map(({ name }) => join('log', name)), '--output', 'salvaged']
}

/** Every path below, with what stands there, but for what is made of it. */
function pictureOf(root: string): string {
  const all = readdirSync(root, { recursive: true, encoding: 'utf8' }).sort()
  const paths = all.filter((path) => !MADE.test(path) && !LOCK.test(path))
  const lines = paths.map((path) => {
    const stat = lstatSync(join(root, path))
    const content = stat.isFile()
      ? createHash('sha256')
          .update(readFileSync(join(root, path)))
          .digest('hex')
      : ''
    return `${path} ${stat.mode} ${content}`
  })
  return lines.join('\n')
}

async function readHere(log: string, files: readonly FuzzFile[], refusals: Map<string, number>): Promise<void> {
  const bytes = files.reduce((sum, file) => sum + file.bytes.length, 0)
  await attemptLater('verifyLog', bytes, refusals, () => verifyLog(log))
  await attemptLater('readWal', bytes, refusals, async () => {
    for await (const { segment, lsn } of readWal(log, { onDamage: 'skip' })) {
      const isLink = files.some(({ name, kind }) => name === segment && kind === 'link')
      if (isLink) throw new Finding(`LSN ${lsn} was read through the link ${segment}`)
    }
  })
}

/** @throws Finding if it hangs, dies, or prints what it must not */
export function runCommand(root: string, args: readonly string[]): void {
  const what = `ringwal ${args.join(' ')}`
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, [CLI, ...args], {
    cwd: root,
    encoding: 'utf8',
    timeout: COMMAND_MS_MAX,
    maxBuffer: 1 << 28,
  })
  if (status === null || status > 2) throw new Finding(`${what} ended with ${signal ?? status}: ${stderr}`)
  for (const line of [...linesOf(stdout), ...linesOf(stderr)]) checkLine(what, line)
  if (OUTSIDE_TRACES.test(stdout)) throw new Finding(`${what} tells of a file that a link points to`)
  for (const line of linesOf(stderr)) {
    const code = /^ringwal: (ERR_RINGWAL_[A-Z_]+):/.exec(line)?.[1]
    const isKnown = code !== undefined && code in ERROR_MEANINGS && code !== 'ERR_RINGWAL_INTERNAL'
    if (!isKnown) throw new Finding(`${what} says ${line}`)
  }
}

function linesOf(text: string): string[] {
  return text === '' ? [] : text.replace(/\n$/, '').split('\n')
}
