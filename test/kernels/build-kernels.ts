/**
 * Builds the WebAssembly kernels from their AssemblyScript sources.
 *
 * `npm run kernels` writes the results as TypeScript modules beside the sources; a test builds them again and compares,
 * so that what ships is always what the sources say. Base64 in a module works in Node, in a browser and in a bundle.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import asc from 'assemblyscript/asc'

export const ROOT: string = fileURLToPath(new URL('../../../', import.meta.url))

export interface Kernel {
  readonly source: string
  readonly target: string
}

export const KERNELS: readonly Kernel[] = [
  { source: 'src/format/kernel/frames.as.ts', target: 'src/format/kernel/frames-binary.ts' },
  { source: 'src/format/kernel/single-bit.as.ts', target: 'src/format/kernel/single-bit-binary.ts' },
  { source: 'src/ring/kernel/claims.as.ts', target: 'src/ring/kernel/claims-binary.ts' },
]

const FLAGS = ['-O3', '--runtime', 'stub', '--importMemory', '--sharedMemory', '--initialMemory', '1']
const LIMITS = ['--maximumMemory', '65536', '--enable', 'threads', '--noAssert']

/** Compiles one kernel and returns the text of its module. */
export async function buildKernel({ source }: Kernel): Promise<string> {
  return moduleText(source, await compileKernel(source))
}

/**
 * Compiles a kernel's source to WebAssembly.
 * @param text what to take for the source, if not what stands there
 */
export async function compileKernel(source: string, text?: string): Promise<Buffer> {
  const scratch = mkdtempSync(join(tmpdir(), 'ringwal-kernel-'))
  const out = join(scratch, 'kernel.wasm')
  const path = join(ROOT, source)
  const readFile = (name: string, base: string): string | null => {
    const wanted = resolve(base, name)
    if (text !== undefined && wanted === path) return text
    return existsSync(wanted) ? readFileSync(wanted, 'utf8') : null
  }
  try {
    const result = await asc.main([path, '-o', out, ...FLAGS, ...LIMITS], { readFile })
    if (result.error) throw new Error(`${source}: ${result.stderr.toString()}`)
    return readFileSync(out)
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

function moduleText(source: string, wasm: Buffer): string {
  const lines = wasm.toString('base64').match(/.{1,116}/g) ?? []
  return [
    `// Made by \`npm run kernels\` from ${source}; ${wasm.length} bytes of WebAssembly. Do not edit.`,
    'export const WASM_BASE64: string =',
    lines.map((line, i) => `  '${line}'${i === lines.length - 1 ? '' : ' +'}`).join('\n'),
    '',
  ].join('\n')
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const kernel of KERNELS) {
    writeFileSync(join(ROOT, kernel.target), await buildKernel(kernel))
    console.log(`${kernel.target} written`)
  }
}
