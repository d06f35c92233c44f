/** The reference of the commands has every command, every option and every field of their JSON; links of the pages lead somewhere. */
import { describe, expect, it } from 'vitest'
import { ringwalInside } from './inside.ts'
import { leadsSomewhere, pageOf, RUNBOOK_PAGES } from './page-anchors.ts'
import { RunbookShell } from './runbook-shell.ts'

const PAGE = pageOf('commands.md')

/** What the page says of one command. */
function sectionOf(command: string): string {
  const section = PAGE.split(/^## /m).find((text) => text.startsWith(`${command}\n`))
  expect(section, command).toBeDefined()
  return section!
}

async function namesIn(help: readonly string[], pattern: RegExp): Promise<string[]> {
  const { stdout } = await ringwalInside(help)
  return [...stdout.matchAll(pattern)].map(([, name]) => name!)
}

const COMMANDS = await namesIn(['--help'], /^ {2}([a-z-]+) \[/gm)

describe('the reference of the commands', () => {
  it('has them all', () => {
    expect([...PAGE.matchAll(/^## ([a-z-]+)$/gm)].map(([, name]) => name).sort()).toEqual(
      COMMANDS.filter((name) => name !== 'help').sort(),
    )
  })

  it.each(COMMANDS.filter((name) => name !== 'help'))('has every option of %s, and no other', async (command) => {
    const options = await namesIn([command, '--help'], /^ {2}(?:-\w, )?(--[a-z-]+)/gm)
    const rows = sectionOf(command).match(/^\| `-.*?`.*? \|/gm) ?? []
    const documented = rows.flatMap((row) => [...row.split(' | ')[0]!.matchAll(/--[a-z-]+/g)].map(([name]) => name))
    expect(documented.sort()).toEqual(options.filter((name) => name !== '--help').sort())
  })

  it.each([
    ['verify', 'many-places', 'verify data/wal --json'],
    ['verify', 'torn-tail', 'verify data/wal --json'],
    // Repair and salvage have one report; the page has it behind both.
    ['salvage', 'foreign-file', 'repair data/wal --json --dry-run'],
    ['salvage', 'many-places', 'repair data/wal --json --output data/new'],
    ['dump', 'whole', 'dump data/wal --json --limit 1'],
    ['stat', 'stale-lock', 'stat data/wal --json'],
    ['health', 'stale-lock', 'health data/wal --json'],
    ['drill', 'whole', 'drill recovery --events 100 --json'],
    ['append', 'whole', 'append data/wal --json --skip-bad < /dev/null'],
  ])('has under %s every field, as on the log %s: ringwal %s', async (command, log, args) => {
    const shell = await RunbookShell.open(log)
    try {
      const { stdout } = await shell.sh(`ringwal ${args}`)
      const fields = fieldsOf(JSON.parse(stdout))
      expect(fields.size).toBeGreaterThan(5)
      const section = sectionOf(command)
      expect([...fields].filter((name) => !new RegExp(`[\`"]${name}[\`"]`).test(section))).toEqual([])
    } finally {
      await shell.close()
    }
  })
})

/** Names of all members, at every depth; not of what an application put in. */
function fieldsOf(value: unknown): Set<string> {
  const names = new Set<string>()
  const visit = (one: unknown): void => {
    if (Array.isArray(one)) one.forEach(visit)
    else if (typeof one === 'object' && one !== null)
      for (const [name, member] of Object.entries(one)) {
        names.add(name)
        if (name !== 'value') visit(member)
      }
  }
  visit(value)
  return names
}

describe.each([...RUNBOOK_PAGES, 'commands.md', '../README.md'])('links of tools/%s', (name) => {
  const targets = [...pageOf(name).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target!)

  it('lead to a file, and to a title in it', () => {
    const dead = targets.filter((target) => !/^https?:/.test(target) && !leadsSomewhere(name, target))
    expect(dead).toEqual([])
  })
})
