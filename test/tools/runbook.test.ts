/** Every block of commands in the operator's runbook does what the page says. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ERROR_MEANINGS } from '../../src/errors.ts'
import type { DamageClass, TornTail } from '../../src/index.ts'
import { pageOf, RUNBOOK_PAGES } from './page-anchors.ts'
import { blocksOf, commandsOf, isAsShown, normalized, type PageBlock } from './runbook-page.ts'
import { RunbookShell } from './runbook-shell.ts'

const TEXT = RUNBOOK_PAGES.map(pageOf).join('\n')

interface RunbookBlock extends PageBlock {
  readonly page: string
}
const BLOCKS = RUNBOOK_PAGES.flatMap((page) =>
  blocksOf(pageOf(page)).map((block): RunbookBlock => ({ page, ...block })),
)

/** Blocks of one section that run on the same log run behind one another in the same directory. */
const RUNS = new Map<string, RunbookBlock[]>()
for (const block of BLOCKS.filter(({ log }) => log !== undefined)) {
  const name = `"${block.section}" of ${block.page}, on the log ${block.log}`
  RUNS.set(name, [...(RUNS.get(name) ?? []), block])
}

/** All that there are: the compiler sees to it. */
const CLASSES: Readonly<Record<DamageClass | TornTail['class'], true>> = {
  ...{ payload: true, header: true, length: true, zeros: true, gap: true, stale: true, truncated: true },
  ...{ 'segment-header': true, 'missing-segment': true, 'duplicate-segment': true, foreign: true, 'not-a-file': true },
  ...{ unreadable: true, 'torn-tail': true },
}

// They are those of Linux, where most logs are: `od`, `find` and /proc differ elsewhere.
describe.skipIf(process.platform !== 'linux').each([...RUNS])('the runbook under %s', (_, blocks) => {
  let shell: RunbookShell
  beforeAll(async () => {
    shell = await RunbookShell.open(blocks[0]!.log!)
  }, 30_000)
  afterAll(() => shell.close())

  it.each(blocks.map((block) => [block.line, block] as const))(
    'does what it says from line %i on',
    async (_, block) => {
      const lines = block.language === 'js' ? await runProgram(shell, block) : await runCommands(shell, block)
      if (block.output === undefined) return
      const [found, shown] = [normalized(lines, shell.home), normalized(block.output, shell.home)]
      if (!isAsShown(found, shown)) expect(found).toEqual(shown)
    },
  )
})

async function runProgram(shell: RunbookShell, block: PageBlock): Promise<string[]> {
  const { code, stdout, stderr } = await shell.js(block)
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return linesOf(stdout)
}

async function runCommands(shell: RunbookShell, block: PageBlock): Promise<string[]> {
  const lines: string[] = []
  for (const { text, exitCode } of commandsOf(block)) {
    const { code, stdout } = await shell.sh(text)
    expect(code, `${text}\n${stdout}`).toBe(exitCode)
    lines.push(...linesOf(stdout))
  }
  return lines
}

function linesOf(text: string): string[] {
  return text === '' ? [] : text.replace(/\n$/, '').split('\n')
}

describe('blocks of the runbook that are not run', () => {
  for (const { page, line, section, reason } of BLOCKS.filter(({ log }) => log === undefined))
    it.skip(`${page}, line ${line}, ${section}: ${reason}`)

  it('are few', () => {
    expect(BLOCKS.filter(({ log }) => log === undefined).length).toBeLessThan(BLOCKS.length / 5)
  })
})

describe('the runbook', () => {
  it.each(Object.keys(ERROR_MEANINGS))('says what to do about %s', (code) => {
    expect(TEXT).toContain(code.replace('ERR_RINGWAL', ''))
  })

  it.each(Object.keys(CLASSES))('says what damage of class %s is', (name) => {
    expect(TEXT).toContain(`\n| \`${name}\``)
  })
})
