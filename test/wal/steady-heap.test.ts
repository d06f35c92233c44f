import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { temporaryDirectory } from '../storage/temporary-directory.ts'

const RUN = fileURLToPath(new URL('./steady-heap-run.js', import.meta.url))
/** Less than one number on the heap for each record; what is left comes from readings of the clock, and from batches. */
const BYTES_MAX = 12

describe('in the steady state', () => {
  it('no append allocates', { timeout: 60_000 }, () => {
    // With a young generation larger than all that is appended could leave behind, nothing is collected in between.
    const flags = ['--expose-gc', '--min-semi-space-size=128', '--max-semi-space-size=128']
    const text = execFileSync(process.execPath, [...flags, RUN, temporaryDirectory()], { encoding: 'utf8' })
    const found = JSON.parse(text) as Record<string, number>
    expect(Object.keys(found)).toEqual(['appendBytes', 'appendBytes with options', 'appendRecord'])
    for (const [way, bytes] of Object.entries(found)) expect(bytes, way).toBeLessThan(BYTES_MAX)
  })
})
