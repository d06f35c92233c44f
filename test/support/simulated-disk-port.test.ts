/** The simulated disk keeps the port's promises as the real file system does. */
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { RingwalError } from '../../src/errors.ts'
import type { FileSystem } from '../../src/storage/file-system.ts'
import { nodeFileSystem } from '../../src/storage/node-file-system.ts'
import { SeededRandom } from './seeded-random.ts'
import { SimulatedDisk } from './simulated-disk.ts'

const FILES = ['a', 'b', 'd/a', 'd/b'] as const
const PATHS = [...FILES, 'd', 'e', 'link', 'a/x', 'none/x', 'e/x', 'link/x'] as const

const NOT_OPEN = 999_999

/** One random act on a file system under `root`; `files` are the open descriptors. */
function act(random: SeededRandom, fs: FileSystem, root: string, files: number[]): unknown {
  const path = (names: readonly string[]) => join(root, random.pick(names))
  // No closed descriptor is used again: the real one may by now be another file of this process.
  const file = () => files[random.below(files.length + 1)] ?? NOT_OPEN
  const close = () => {
    const open = file()
    if (open !== NOT_OPEN) files.splice(files.indexOf(open), 1)
    fs.close(open)
  }
  // Never nothing: of that the real port makes no call that could be refused.
  const bytes = random.bytes(random.between(4, 1200))
  const position = random.below(3000)
  const into = new Uint8Array(random.between(1, 1500))
  const stat = (facts: ReturnType<FileSystem['statPath']>) =>
    facts && { kind: facts.kind, ...(facts.kind === 'file' && { size: facts.size, links: facts.links }) }
  const acts: (() => unknown)[] = [
    () => files.push(fs.open(path(PATHS), random.pick(['read', 'write', 'create', 'create']))),
    close,
    () => fs.write(file(), bytes, 0, bytes.length, position),
    () => fs.write(file(), bytes, bytes.length >> 1, bytes.length >> 2, position),
    () => [fs.read(file(), into, 0, into.length, position), into],
    () => fs.truncate(file(), position),
    () => fs.syncData(file()),
    () => fs.syncAll(file()),
    () => stat(fs.stat(file())),
    () => stat(fs.statPath(path(PATHS))),
    () => fs.list(path(PATHS)).sort(),
    () => fs.makeDirectory(path(PATHS)),
    () => fs.rename(path(FILES), path(PATHS)),
    () => fs.link(path(FILES), path(PATHS)),
    () => fs.remove(path(PATHS)),
    () => fs.removeDirectory(path(PATHS)),
    () => fs.syncDirectory(path(PATHS)),
  ]
  try {
    return random.pick(acts)()
  } catch (error) {
    if (!(error instanceof RingwalError)) throw error
    const { operation, errno, errnoName, offset, file: failed } = error.facts
    const name = typeof failed === 'string' && failed.startsWith(root) ? failed.slice(root.length) : 'a descriptor'
    // The real port opens a directory to sync it, and names that call; the model has no such step.
    return { operation: operation === 'fsync' ? 'open' : operation, errno, errnoName, offset, name }
  }
}

describe.skipIf(process.platform !== 'linux')('the simulated disk beside a real one', () => {
  it('gives the same results and the same errors, call by call', () => {
    const seen = new Set<unknown>()
    for (let seed = 0; seed < 25; seed++) {
      const root = mkdtempSync(join(tmpdir(), 'ringwal-simulated-'))
      const disk = new SimulatedDisk()
      const [simulatedFiles, realFiles]: number[][] = [[], []] as const
      try {
        disk.makeLink('/root/link')
        symlinkSync('/nowhere', join(root, 'link'))
        const [left, right] = [new SeededRandom(seed), new SeededRandom(seed)]
        for (let step = 0; step < 400; step++) {
          const real = act(right, nodeFileSystem, root, realFiles!)
          const simulated = act(left, disk, '/root', simulatedFiles!)
          expect(simulated, `seed ${seed}, step ${step}`).toEqual(real)
          seen.add((real as { errnoName?: string } | undefined)?.errnoName)
        }
      } finally {
        for (const file of realFiles!) nodeFileSystem.close(file)
        rmSync(root, { recursive: true })
      }
    }
    for (const name of ['ENOENT', 'EEXIST', 'ENOTDIR', 'EISDIR', 'ELOOP', 'EBADF', 'EINVAL'])
      expect(seen).toContain(name)
  })
})
