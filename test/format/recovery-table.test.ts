/** Each recovery table has exactly one row for every combination of its facts, and the format document shows the same rows. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { CHAIN_TABLE, fits, HEADER_TABLE, PLACE_TABLE, type Row } from '../../src/format/recovery-table.ts'
import { ROOT } from '../kernels/build-kernels.ts'
import { combinations, FACTS, markdownTable } from './recovery-facts.ts'

type Facts = Record<string, string>
type Values = Record<string, readonly string[]>

const TABLES: readonly [string, readonly Row<Facts, string>[], Values][] = [
  ['HEADER_TABLE', plain(HEADER_TABLE), { ...FACTS.header }],
  ['CHAIN_TABLE', plain(CHAIN_TABLE), { ...FACTS.chain }],
  ['PLACE_TABLE', plain(PLACE_TABLE), { ...FACTS.place }],
]

describe.each(TABLES)('%s', (_, table, facts) => {
  const all = combinations<Facts>(facts)

  it('has exactly one row for each combination', () => {
    const wrong = all.filter((one) => table.filter(({ when }) => fits(when, one)).length !== 1)
    expect(wrong).toEqual([])
    expect(all.length).toBeGreaterThan(15)
  })

  it('has no row for nothing', () => {
    const dead = table.filter(({ when }) => !all.some((one) => fits(when, one)))
    expect(dead).toEqual([])
  })

  it('explains each row in one sentence', () => {
    for (const { why } of table) expect(why).toMatch(/^[A-Z].*[^.]\.$/)
  })

  it('stands in the format document, row by row', () => {
    const document = readFileSync(join(ROOT, 'format-spec/README.md'), 'utf8')
    expect(document).toContain(markdownTable(table, Object.keys(facts)))
  })
})

/** The table without the types of its facts, to treat the three alike. */
function plain<Any extends object>(table: readonly Row<Any, string>[]): readonly Row<Facts, string>[] {
  return table as unknown as readonly Row<Facts, string>[]
}
