import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { buildKernel, KERNELS, ROOT } from './build-kernels.ts'

describe('the committed kernels', () => {
  it.each(KERNELS)('$target is what $source compiles to', async (kernel) => {
    expect(await buildKernel(kernel)).toBe(readFileSync(join(ROOT, kernel.target), 'utf8'))
  })
})
