import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
const page = readFileSync(join(ROOT, 'src/ring/README.md'), 'utf8')

/** The code blocks of the page in this language. */
function blocks(language: string): string[] {
  return [...page.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].filter((m) => m[1] === language).map((m) => m[2]!)
}

describe('the page of the ring', () => {
  it('has an example that runs as it stands, and prints what the page says', () => {
    // Inside the package, so that its name leads to itself.
    const folder = mkdtempSync(join(ROOT, 'dist/test/ring-page-'))
    try {
      for (const code of blocks('js')) writeFileSync(join(folder, /^\/\/ (\S+)/.exec(code)![1]!), code)
      const printed = execFileSync(process.execPath, [join(folder, 'main.mjs')], { encoding: 'utf8', timeout: 20_000 })
      expect(printed).toBe(blocks('text')[0])
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})
