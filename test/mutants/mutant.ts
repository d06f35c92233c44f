import { join } from 'node:path'

/** One fault that somebody could have made, as an edit of a program that is right. */
export interface Mutant {
  /** What goes wrong, in the project's words. */
  readonly name: string
  /** The promise that it breaks: a rule of the log, such as `R1`, or the part whose own it is. */
  readonly rule: string
  /** Of the build, without `.js`; a kernel's AssemblyScript source, without `.ts`. */
  readonly file: string
  /** Stands in the file exactly once. */
  readonly find: string
  readonly replace: string
  /** The tests that must notice: files below `test`, without `.test.ts`. */
  readonly tests: readonly string[]
}

/** A mutant that can not be tried: the list has rotted, or the edit is no program. */
export class UnfitMutant extends Error {}

/** The text with the fault in it. @throws UnfitMutant unless `find` stands in it exactly once */
export function mutate(text: string, { name, file, find, replace }: Mutant): string {
  const parts = text.split(find)
  if (parts.length !== 2)
    throw new UnfitMutant(`"${name}": what it replaces stands ${parts.length - 1} times in ${file}`)
  return parts.join(replace)
}

/** Whether it is an edit of a kernel's source, which is then compiled. */
export function isOfKernel({ file }: Mutant): boolean {
  return file.endsWith('.as')
}

/** The file that it is an edit of. @param sources the package, where the sources of the kernels are */
export function pathOf(mutant: Mutant, build: string, sources: string): string {
  return isOfKernel(mutant) ? join(sources, `${mutant.file}.ts`) : join(build, `${mutant.file}.js`)
}
