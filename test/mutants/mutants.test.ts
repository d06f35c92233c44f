/** The list of mutants can not rot: each is still an edit of the program as it stands. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { ROOMS } from './catalogue.ts'
import { mutate, pathOf } from './mutant.ts'
import { PACKAGE } from './test-run.ts'

const BUILD = fileURLToPath(new URL('../../', import.meta.url))
const MUTANTS = Object.values(ROOMS).flat()

describe('the mutants', () => {
  it.each(Object.keys(ROOMS))('of the room %s each replace something that stands there once', (room) => {
    for (const mutant of ROOMS[room]!) {
      const text = readFileSync(pathOf(mutant, BUILD, PACKAGE), 'utf8')
      expect(mutate(text, mutant)).not.toBe(text)
    }
  })

  it('name tests that are there', () => {
    const tests = new Set(MUTANTS.flatMap(({ tests }) => tests))
    expect([...tests].filter((name) => !existsSync(join(BUILD, `test/${name}.test.js`)))).toEqual([])
    expect(MUTANTS.filter(({ tests }) => tests.length === 0)).toEqual([])
  })

  it('have each a name of their own', () => {
    expect(new Set(MUTANTS.map(({ name }) => name)).size).toBe(MUTANTS.length)
  })
})
