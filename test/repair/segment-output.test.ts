import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createDirect } from '../../src/repair/direct-file.ts'
import { FileOutput, NoOutput, type SegmentOutput } from '../../src/repair/segment-output.ts'
import { nodeFileSystem } from '../../src/storage/node-file-system.ts'
import { temporaryDirectory } from '../storage/temporary-directory.ts'
import { SeededRandom } from '../support/seeded-random.ts'
import { SimulatedDisk } from '../support/simulated-disk.ts'
import { PlannedFaults } from '../support/simulated-disk-faults.ts'

/** Writes pieces of all sizes. @returns what the file must hold */
function writePieces(output: SegmentOutput, count: number): Buffer {
  const random = new SeededRandom(count)
  const bytes = random.bytes(3 << 20)
  const pieces: Uint8Array[] = [new Uint8Array(4096)]
  for (let i = 0; i < count; i++) {
    const length = 8 * random.below(random.pick([8, 4096, 300_000]))
    const at = random.below(bytes.length - length)
    output.write(bytes, at, at + length)
    pieces.push(bytes.slice(at, at + length))
  }
  const whole = Buffer.concat(pieces)
  expect(output.position).toBe(whole.length)
  return whole
}

describe('the output of a repaired segment', () => {
  it('holds what was written, behind a header page of zeros, in large writes', () => {
    const disk = new SimulatedDisk()
    const output = new FileOutput(disk, '/file')
    const whole = writePieces(output, 30)
    output.flush()
    output.close()
    expect(Buffer.compare(disk.readFile('/file'), whole)).toBe(0)
    const writes = disk.calls.filter(({ operation }) => operation === 'write')
    expect(writes.slice(0, -1).every(({ length }) => length === 1 << 20)).toBe(true)
    expect(disk.openPaths()).toEqual([])
  })

  it('is the same past the page cache', (context) => {
    const path = join(temporaryDirectory(), 'file')
    let isDirect = false
    const output = new FileOutput(nodeFileSystem, path, (path) => {
      const file = createDirect(path)
      isDirect = file !== undefined
      return file
    })
    const whole = writePieces(output, 40)
    output.flush()
    output.close()
    expect(readFileSync(path).equals(whole)).toBe(true)
    expect(statSync(path).mode & 0o777).toBe(0o600)
    if (!isDirect) context.skip('this file system has nothing past the page cache')
  })

  it('goes through the cache where a file system opens a file so and then refuses to write it', () => {
    const disk = new SimulatedDisk()
    disk.faults = new PlannedFaults({ operation: 'write', at: 1, fault: { errno: 'EINVAL' } })
    const output = new FileOutput(disk, '/file', (path) => disk.open(path, 'create'))
    const whole = writePieces(output, 20)
    output.flush()
    output.close()
    expect(Buffer.compare(disk.readFile('/file'), whole)).toBe(0)
    expect(disk.openPaths()).toEqual([])
  })

  it('is never an old file', () => {
    const path = join(temporaryDirectory(), 'file')
    writeFileSync(path, 'something')
    for (const create of [createDirect, () => undefined])
      expect(() => new FileOutput(nodeFileSystem, path, create)).toThrow(/EEXIST/)
    expect(readFileSync(path, 'utf8')).toBe('something')
  })

  it('of a dry run only counts', () => {
    writePieces(new NoOutput(), 10)
  })
})
