import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { ROOT } from '../kernels/build-kernels.ts'

it("runs the README's first example as it stands", () => {
  const example = /```js\n([\s\S]*?)```/.exec(readFileSync(join(ROOT, 'README.md'), 'utf8'))?.[1]
  expect(example).toBeDefined()
  const home = mkdtempSync(join(tmpdir(), 'ringwal-readme-'))
  try {
    mkdirSync(join(home, 'node_modules'))
    symlinkSync(ROOT, join(home, 'node_modules', 'ringwal'))
    writeFileSync(join(home, 'example.mjs'), example!)
    const printed = execFileSync(process.execPath, ['example.mjs'], { cwd: home, encoding: 'utf8' })
    expect(printed).toMatch(/^1 \d+n \{\s*kind: 'order',[\s\S]*\n2 \d+n \{ kind: 'cancel', id: 'c-1' \}\n$/)
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
})
