import { copyFileSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { flipByte, ringwal, temporaryPaths } from './cli.ts'
import { dumpedValues, ringwalInside } from './inside.ts'

const path = temporaryPaths()

/** A log of 300 values in some segments, as loose files in no order, under names that tell nothing. */
async function looseFiles(): Promise<{ files: string[]; values: string[] }> {
  const dir = path()
  const values = Array.from({ length: 300 }, (_, i) => String(i).repeat(300))
  const input = values.map((value) => `${JSON.stringify(value)}\n`).join('')
  await ringwalInside(['append', dir, '--segment-bytes', '64K'], { input })
  const files = [3, 1, 2, 4].map((number, i) => {
    const file = path(`#${i}`)
    copyFileSync(join(dir, `${String(number).padStart(20, '0')}.rwal`), file)
    return file
  })
  return { files, values }
}

describe('ringwal salvage', () => {
  it('makes a log of loose files, also without headers', async () => {
    const { files, values } = await looseFiles()
    for (const file of files) writeFileSync(file, readFileSync(file).fill(0, 0, 4096))
    const output = path('salvaged')
    const { code, stdout, stderr } = await ringwal(['salvage', ...files, '--output', output])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout.endsWith('\nNothing was lost.\n')).toBe(true)
    expect((await ringwalInside(['verify', output])).code).toBe(0)
    const found = await dumpedValues(output)
    expect(found.length).toBeGreaterThan(200)
    expect(found).toEqual(values.slice(0, found.length))
  })

  it('tells what is lost', async () => {
    const { files } = await looseFiles()
    flipByte(files[1]!, 6000)
    const { code, stdout } = await ringwalInside([
      'salvage',
      ...files.slice(0, 2),
      '--output',
      path('salvaged'),
      '--json',
    ])
    expect(code).toBe(1)
    const report = JSON.parse(stdout)
    expect(report).toMatchObject({ command: 'salvage', sources: files.slice(0, 2), clean: false })
    expect(report.lost.map(({ class: kind }: { class: string }) => kind)).toEqual(['payload', 'missing-segment'])
  })

  it('does not print what a terminal would obey, nor writes it', async () => {
    const { files } = await looseFiles()
    const odd = `${files[1]}\u001b[31m\u009b\u202e|\`x`
    renameSync(files[1]!, odd)
    const output = path('salvaged')
    flipByte(odd, 6000)
    const said = await ringwalInside(['salvage', odd, files[0]!, '--output', output])
    const json = await ringwalInside(['salvage', odd, '--dry-run', '--json'])
    const written = ['repair-report.json', 'repair-report.md'].map((name) => readFileSync(join(output, name), 'utf8'))
    for (const text of [said.stdout, json.stdout, ...written]) {
      expect(text).toMatch(/1b/)
      expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u)
    }
  })

  it('does not run without files or a place, and on files of several logs', async () => {
    const [one, other] = [await looseFiles(), await looseFiles()]
    const refusals: readonly (readonly [readonly string[], RegExp])[] = [
      [['--output', path('x')], /ERR_RINGWAL_OPTION/],
      [one.files, /ERR_RINGWAL_OPTION/],
      [[path('none'), '--dry-run'], /ERR_RINGWAL_IO.*ENOENT/],
      [[...one.files, ...other.files, '--dry-run'], /ERR_RINGWAL_SEGMENTS.*--log-id/],
    ]
    for (const [args, expected] of refusals) {
      const { code, stdout, stderr } = await ringwalInside(['salvage', ...args])
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
      expect(stderr).toMatch(expected)
    }
  })
})
