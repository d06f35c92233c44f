import { readFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const SRC = new URL('../../src/', import.meta.url).href
const ENTRY = `${SRC}format/index.js`
const SPECIFIER = /\b(?:from|import|require)\s*\(?\s*['"]([^'"]+)['"]/g

/** Every module that a module reaches, by URL, with what it imports. */
function modulesFrom(entry: string): Map<string, string[]> {
  const modules = new Map<string, string[]>()
  const waiting = [entry]
  for (let url = waiting.pop(); url !== undefined; url = waiting.pop()) {
    if (modules.has(url)) continue
    const text = readFileSync(fileURLToPath(url), 'utf8')
    const specifiers = [...text.matchAll(SPECIFIER)].map((match) => match[1]!)
    modules.set(url, specifiers)
    for (const specifier of specifiers) {
      if (specifier.startsWith('.')) waiting.push(new URL(specifier, url).href)
      else if (!isBuiltin(specifier)) waiting.push(import.meta.resolve(specifier))
    }
  }
  return modules
}

function isBuiltin(specifier: string): boolean {
  return specifier.startsWith('node:') || builtinModules.includes(specifier.split('/')[0]!)
}

describe('the format', () => {
  const modules = modulesFrom(ENTRY)

  it('needs nothing of Node.js, itself or through what it imports', () => {
    for (const [url, specifiers] of modules) expect(specifiers.filter(isBuiltin), url).toEqual([])
  })

  it('imports of the rest of the project its errors and its typing of WebAssembly, and of packages hash-wasm', () => {
    const ours = [...modules.keys()].filter((url) => url.startsWith(SRC)).map((url) => url.slice(SRC.length))
    const others = ours.filter((path) => !path.startsWith('format/')).sort()
    expect(others).toEqual(['errors.js', 'wasm.js'])
    const packages = [...modules.values()].flat().filter((specifier) => !specifier.startsWith('.'))
    expect([...new Set(packages)]).toEqual(['hash-wasm/dist/xxhash64.umd.min.js'])
    expect(ours.length).toBeGreaterThan(10)
  })
})
