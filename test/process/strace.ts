import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** Calls that are one to the product; which of them is made depends on the machine. */
export const FAMILIES: Readonly<Record<string, readonly string[]>> = {
  pwrite64: ['pwrite64', 'pwritev', 'pwritev2'],
  fdatasync: ['fdatasync'],
  fsync: ['fsync'],
  openat: ['open', 'openat'],
  ftruncate: ['ftruncate'],
  fallocate: ['fallocate'],
  close: ['close'],
  link: ['link', 'linkat'],
  rename: ['rename', 'renameat', 'renameat2'],
  unlink: ['unlink', 'unlinkat'],
  mkdir: ['mkdir', 'mkdirat'],
  chmod: ['chmod', 'fchmod', 'fchmodat'],
  sync: ['fdatasync', 'fsync'],
}

/** Why strace can not be used here; undefined if it can. */
export function whyNoStrace(): string | undefined {
  const tried = spawnSync('strace', [
    '-f',
    '-qq',
    '-e',
    'trace=none',
    '-e',
    'inject=fsync:signal=SIGKILL:when=9',
    'true',
  ])
  if (tried.error !== undefined) return `no strace here (${tried.error.message})`
  if (tried.status === 0) return undefined
  return `strace does not work here (${String(tried.stderr).trim().slice(0, 200)})`
}

export interface Tracing {
  /** A name in `FAMILIES`. */
  readonly family: string
  /** What happens to which call, as strace has it: `signal=SIGKILL:when=3`. Without it calls are only noted. */
  readonly inject?: string
  /** File for the calls. */
  readonly output: string
  /** Only calls on these files and directories. */
  readonly paths?: readonly string[]
  /** Further families to note. */
  readonly also?: readonly string[]
}

/** The command that runs another one under strace. */
export function straceCommand({ family, inject, output, paths = [], also = [] }: Tracing): string[] {
  const calls = setOf([family])
  return [
    ...['strace', '-f', '-qq', '-y', '-o', output, '-e', `trace=${setOf([family, ...also])}`],
    ...(inject === undefined ? [] : ['-e', `inject=${calls}:${inject}`]),
    ...paths.flatMap((path) => ['-P', path]),
  ]
}

function setOf(families: readonly string[]): string {
  return families
    .flatMap((family) => FAMILIES[family] ?? [])
    .map((call) => `?${call}`)
    .join(',')
}

export interface TracedCall {
  readonly thread: number
  readonly call: string
  /** The rest of the line, with paths beside descriptors. */
  readonly text: string
  readonly isInjected: boolean
}

const LINE = /^(\d+) +(\w+)\((.*)$/
const RESUMED = /^(\d+) +<\.\.\. (\w+) resumed>(.*)$/

/** The calls of an output of strace, in their order. One that was interrupted in print stands where it began. */
export function readCalls(output: string): TracedCall[] {
  const calls: (TracedCall | undefined)[] = []
  const open = new Map<string, number>()
  for (const line of readFileSync(output, 'latin1').split('\n')) {
    const [, thread, call, text] = LINE.exec(line) ?? []
    if (call !== undefined) {
      const isInjected = text!.includes('(INJECTED)')
      if (text!.includes('<unfinished ...>')) open.set(`${thread} ${call}`, calls.length)
      calls.push({ thread: Number(thread), call, text: text!, isInjected })
      continue
    }
    const [, resumer, resumed, rest] = RESUMED.exec(line) ?? []
    const at = open.get(`${resumer} ${resumed}`)
    const begun = at === undefined ? undefined : calls[at]
    if (begun === undefined) continue
    calls[at!] = { ...begun, text: begun.text + rest!, isInjected: rest!.includes('(INJECTED)') }
  }
  return calls as TracedCall[]
}

/** The highest count of calls that any thread has made: strace counts for each thread and call by itself. */
export function mostCalls(calls: readonly TracedCall[]): Map<string, number> {
  const counts = new Map<string, number>()
  const most = new Map<string, number>()
  for (const { thread, call } of calls) {
    const count = (counts.get(`${thread} ${call}`) ?? 0) + 1
    counts.set(`${thread} ${call}`, count)
    const family = Object.keys(FAMILIES).find((name) => FAMILIES[name]!.includes(call)) ?? call
    most.set(family, Math.max(count, most.get(family) ?? 0))
  }
  return most
}

export function straceVersion(): string {
  return execFileSync('strace', ['-V'], { encoding: 'utf8' }).split('\n')[0] ?? ''
}
