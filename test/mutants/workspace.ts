import { execFileSync } from 'node:child_process'
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { compileKernel } from '../kernels/build-kernels.ts'
import { isOfKernel, type Mutant, mutate, pathOf, UnfitMutant } from './mutant.ts'

/** A copy of a build, in which one mutant at a time can be. */
export class Workspace {
  readonly root: string
  private readonly sources: string
  private changed: { readonly path: string; readonly text: string } | undefined

  /** @param sources the package, where the sources of the kernels are */
  constructor(build: string, root: string, sources: string) {
    cpSync(build, root, { recursive: true, filter: (path) => !/\.(map|d\.ts)$/.test(path) })
    this.root = root
    this.sources = sources
  }

  /** @returns the text with the fault in it @throws UnfitMutant if there is no place for it */
  edited(mutant: Mutant): string {
    return mutate(readFileSync(pathOf(mutant, this.root, this.sources), 'utf8'), mutant)
  }

  /** Puts the fault in. @throws UnfitMutant; then nothing was changed */
  async apply(mutant: Mutant): Promise<void> {
    if (this.changed !== undefined) throw new TypeError('there is a mutant in it already')
    const text = this.edited(mutant)
    if (!isOfKernel(mutant)) return this.change(`${mutant.file}.js`, text)
    const wasm = await compileKernel(`${mutant.file}.ts`, text).catch((error: unknown) => {
      throw new UnfitMutant(`"${mutant.name}" does not compile: ${error}`)
    })
    const binary = `export const WASM_BASE64 = '${wasm.toString('base64')}'\n`
    this.change(`${mutant.file.replace(/\.as$/, '')}-binary.js`, binary)
  }

  restore(): void {
    if (this.changed !== undefined) writeFileSync(this.changed.path, this.changed.text)
    this.changed = undefined
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true })
  }

  private change(file: string, edited: string): void {
    const path = join(this.root, file)
    const text = readFileSync(path, 'utf8')
    writeFileSync(path, edited)
    this.changed = { path, text }
    try {
      execFileSync(process.execPath, ['--check', path], { stdio: 'pipe' })
    } catch (error) {
      this.restore()
      throw new UnfitMutant(`${file} is no program with the fault in it: ${error}`)
    }
  }
}
