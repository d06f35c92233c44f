/** The blocks of a page of Markdown that a test runs, and how their output is held against what the page shows. */

/** A block of commands, or of a program. */
export interface PageBlock {
  /** Of the page, from 1. */
  readonly line: number
  /** Title of the section in which it stands. */
  readonly section: string
  readonly language: 'sh' | 'js'
  /** The log that it runs on: the word behind the language. Undefined for a block that is not run. */
  readonly log: string | undefined
  /** Why it is not run: the words behind `not run:`. */
  readonly reason: string | undefined
  readonly code: string
  /** Lines of the `text` block right behind it; undefined if there is none, and any output will do. */
  readonly output: readonly string[] | undefined
}

export interface PageCommand {
  readonly text: string
  /** From `# exit code N` behind it; 0 without. */
  readonly exitCode: number
}

interface Fence {
  readonly line: number
  readonly section: string
  readonly info: string
  readonly code: readonly string[]
  /** Whether there are only blank lines between it and the fence before. */
  readonly isNext: boolean
}

/**
 * Blocks of `sh` and `js`, in order. The words behind the language, which no reader of the page sees, say what to do.
 * @throws for a block that says nothing, and for output that belongs to no block
 */
export function blocksOf(page: string): PageBlock[] {
  const blocks: PageBlock[] = []
  for (const { line, section, info, code, isNext } of fencesOf(page)) {
    const [, language, words = ''] = /^(\S*)\s*(.*)$/.exec(info)!
    if (language === 'text') {
      const shown = blocks.at(-1)
      if (!isNext || shown === undefined || shown.output !== undefined)
        throw new Error(`line ${line}: this output belongs to no block`)
      blocks.splice(-1, 1, { ...shown, output: code })
    } else if (language === 'sh' || language === 'js') {
      const reason = /^not run: (.+)$/.exec(words)?.[1]
      const log = reason === undefined ? /^[a-z-]+$/.exec(words)?.[0] : undefined
      if (reason === undefined && log === undefined)
        throw new Error(`line ${line}: the block says neither on which log it runs nor "not run: <reason>"`)
      blocks.push({ line, section, language, log, reason, code: code.join('\n'), output: undefined })
    } else {
      throw new Error(`line ${line}: a block of ${language || 'nothing'}`)
    }
  }
  return blocks
}

function fencesOf(page: string): Fence[] {
  const fences: Fence[] = []
  let section = ''
  let open: { line: number; info: string; code: string[] } | undefined
  let isNext = false
  page.split('\n').forEach((text, i) => {
    const fence = /^```(.*)$/.exec(text)
    if (open !== undefined && fence !== null) {
      fences.push({ ...open, section, isNext })
      open = undefined
      isNext = true
    } else if (open !== undefined) {
      open.code.push(text)
    } else if (fence !== null) {
      open = { line: i + 1, info: fence[1]!, code: [] }
    } else {
      section = /^#{1,3} (.*)$/.exec(text)?.[1] ?? section
      if (text.trim() !== '') isNext = false
    }
  })
  if (open !== undefined) throw new Error(`line ${open.line}: the block has no end`)
  return fences
}

/** The commands of a block. One goes on over lines inside of quotes, and behind a backslash. */
export function commandsOf({ code }: PageBlock): PageCommand[] {
  const commands: PageCommand[] = []
  let text = ''
  for (const line of code.split('\n')) {
    text += text === '' ? line : `\n${line}`
    const isOpen = text.endsWith('\\') || text.split("'").length % 2 === 0
    if (isOpen) continue
    const [, exitCode] = / # exit code (\d+)$/.exec(text) ?? []
    if (text.trim() !== '' && !text.startsWith('#')) commands.push({ text, exitCode: Number(exitCode ?? 0) })
    text = ''
  }
  if (text !== '') throw new Error(`a command has no end: ${text}`)
  return commands
}

/** What differs from run to run, and what stands for it. */
const VARIABLE: readonly (readonly [RegExp, string])[] = [
  [/\bin \d+\.\d\d s \([^)]*\)/g, 'in <time>'],
  [/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z/g, '<time>'],
  [/\b\d{8}T\d{6}\.\d{3}Z/g, '<stamp>'],
  [/\b\d{10}-[0-9a-f]{16}\b/g, '<backup>'],
  [/\bpid \d+(, thread \d+)?(, host "[^"]*"| on \S+),/g, 'pid <process>,'],
  [/\/proc\/\d+\/fd\/\d+/g, '/proc/<process>'],
  [/[\d.]+ k?B on disk/g, '<size> on disk'],
  [/, \d+\/s;/g, ', <rate>;'],
  // The clock decides whether a sync mark is written before the record, and counts.
  [/^(appended .*), [\d.]+ k?B in/g, '$1, <size> in'],
]

/** Lines as they are compared. @param home directory of the run, which the page calls /srv/app */
export function normalized(lines: readonly string[], home: string): string[] {
  return lines.map((line) =>
    VARIABLE.reduce(
      (text, [pattern, sign]) => text.replace(pattern, sign),
      line.replaceAll(home, '/srv/app'),
    ).trimEnd(),
  )
}

/** Whether lines are as shown, where a line `…` stands for any number of them. */
export function isAsShown(lines: readonly string[], shown: readonly string[]): boolean {
  const [first, ...others] = shown
  if (first === undefined) return lines.length === 0
  if (first !== '…') return lines[0] === first && isAsShown(lines.slice(1), others)
  return lines.some((_, i) => isAsShown(lines.slice(i), others)) || isAsShown([], others)
}
