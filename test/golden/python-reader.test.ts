import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { jsonLines } from '../tools/cli.ts'
import { askPython, commonFacts, hasPython, READER } from './python-reader.ts'
import { DUMP, MANIFEST, type Manifest, VECTORS, VERIFY } from './vectors.ts'

const { logs }: Manifest = JSON.parse(readFileSync(join(VECTORS, MANIFEST), 'utf8'))

/** Modules of the standard library, all of them in Python 3.8. */
const MODULES = ['base64', 'collections', 'datetime', 'io', 'json', 'os', 're', 'stat', 'struct', 'sys']

describe('the Python reader', () => {
  it('is short, and needs nothing but Python', () => {
    const lines = readFileSync(READER, 'utf8').trimEnd().split('\n')
    expect(lines.length).toBeLessThan(200)
    const imports = lines.filter((line) => /^\s*(import|from) /.test(line))
    expect(imports).toEqual([`import ${MODULES.join(', ')}`])
  })
})

describe.skipIf(!hasPython)('the Python reader (skipped where there is no python3)', () => {
  it('checks every golden log as ringwal verify does', () => {
    const answers = askPython(logs.map(({ name }) => ['check', join(VECTORS, name)]))
    logs.forEach(({ name, exitCodes }, i) => {
      const { code, stdout } = answers[i]!
      expect(code, name).toBe(exitCodes.verify)
      const expected = readFileSync(join(VECTORS, name, VERIFY), 'utf8')
      if (code === 2) expect(stdout + expected, name).toBe('')
      else expect(commonFacts(stdout), name).toEqual(commonFacts(expected))
    })
  })

  it('dumps every golden log as ringwal dump does', () => {
    const answers = askPython(logs.map(({ name }) => ['dump', join(VECTORS, name)]))
    logs.forEach(({ name }, i) => {
      const { stdout } = answers[i]!
      expect(jsonLines(stdout), name).toEqual(jsonLines(readFileSync(join(VECTORS, name, DUMP), 'utf8')))
      expect(stdout, name).not.toMatch(/[^\u0020-\u007e\n]/)
    })
  })

  it('takes single segments too', () => {
    const paths = ['every-kind', 'damage-payload', 'torn-middle'].map((name) =>
      join(VECTORS, name, '00000000000000000001.rwal'),
    )
    expect(askPython(paths.map((path) => ['check', path])).map(({ code }) => code)).toEqual([0, 1, 0])
  })

  it('ends with the exit codes that it tells', () => {
    const run = (...args: string[]): { code: number | null; stdout: string; stderr: string } => {
      const { status: code, stdout, stderr } = spawnSync('python3', ['-B', READER, ...args], { encoding: 'utf8' })
      return { code, stdout, stderr }
    }
    expect(run('check', join(VECTORS, 'sealed'))).toMatchObject({ code: 0, stderr: '' })
    expect(run('dump', join(VECTORS, 'damage-gap')).code).toBe(1)
    for (const args of [
      ['check', join(VECTORS, 'nothing')],
      ['check', join(VECTORS, 'later-kind')],
      ['other', '.'],
      [],
    ]) {
      const { code, stdout, stderr } = run(...args)
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
      expect(stderr).not.toMatch(/Traceback|^$/)
    }
  })
})
