import { dirname } from 'node:path'
import type { FileSystem } from './file-system.ts'

/** Makes `dir` and what is missing above it, mode 0700, each made durable in its parent (rule R5). `dir` is absolute. */
export function makeDirectories(fs: FileSystem, dir: string): void {
  if (fs.statPath(dir) !== undefined) return
  const parent = dirname(dir)
  if (parent !== dir) makeDirectories(fs, parent)
  if (fs.makeDirectory(dir)) fs.syncDirectory(parent)
}
