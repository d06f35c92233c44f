import { execFileSync } from 'node:child_process'
import { readFileSync, readSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createNodeFileSystem, nodeFileSystem, type SystemCalls } from '../../src/storage/node-file-system.ts'
import { INTERRUPTIONS_MAX } from '../../src/storage/transfer.ts'
import { createSharedMemory } from '../../src/wasm.ts'
import { systemError, thrownBy } from './system-error.ts'
import { temporaryDirectory } from './temporary-directory.ts'

const TEXT = 'a log is a promise'

function openedOn(text: string, calls: Partial<SystemCalls>) {
  const fs = createNodeFileSystem(calls)
  const path = join(temporaryDirectory(), 'file')
  writeFileSync(path, text)
  const file = fs.open(path, 'write')
  onTestFinished(() => fs.close(file))
  return { fs, path, file }
}

/** A stand-in for `writeSync` whose n-th call is made up; the others are real. */
function writeSyncWith(madeUp: (call: number, length: number) => number | undefined): SystemCalls['writeSync'] {
  let call = 0
  const stand = (file: number, from: Uint8Array, at: number, length: number, position: number): number => {
    const count = madeUp(call++, length) ?? length
    return count === 0 ? 0 : writeSync(file, from, at, count, position)
  }
  return stand as SystemCalls['writeSync']
}

function readSyncWith(madeUp: (call: number, length: number) => number | undefined): SystemCalls['readSync'] {
  let call = 0
  const stand = (file: number, into: Uint8Array, at: number, length: number, position: number): number =>
    readSync(file, into, at, Math.min(length, madeUp(call++, length) ?? length), position)
  return stand as SystemCalls['readSync']
}

describe('shared memory', () => {
  const { buffer } = createSharedMemory(65_536)

  it('is written from and read into, at any offset', () => {
    const { fs, path, file } = openedOn('', {})
    const view = new Uint8Array(buffer, 100, 1000)
    view.set(Buffer.from(TEXT), 30)
    fs.write(file, view, 30, TEXT.length, 7)
    expect(readFileSync(path, 'latin1')).toBe(`${'\0'.repeat(7)}${TEXT}`)
    expect(fs.read(file, view, 500, TEXT.length, 7)).toBe(TEXT.length)
    expect(Buffer.from(new Uint8Array(buffer).slice(600, 600 + TEXT.length)).toString()).toBe(TEXT)
    expect(view[499]).toBe(0)
    expect(view[500 + TEXT.length]).toBe(0)
  })
})

describe('read', () => {
  it('continues short reads', () => {
    const { fs, file } = openedOn(TEXT, { readSync: readSyncWith(() => 5) })
    const into = new Uint8Array(TEXT.length + 2)
    expect(fs.read(file, into, 1, TEXT.length, 0)).toBe(TEXT.length)
    expect(Buffer.from(into).toString()).toBe(`\0${TEXT}\0`)
  })

  it('stops at the end of the file', () => {
    const { fs, file } = openedOn(TEXT, {})
    expect(fs.read(file, new Uint8Array(100), 0, 100, 2)).toBe(TEXT.length - 2)
    expect(fs.read(file, new Uint8Array(100), 0, 100, 1000)).toBe(0)
    expect(fs.read(file, new Uint8Array(0), 0, 0, 0)).toBe(0)
  })

  it('names file and offset of an error after progress', () => {
    const readSync = readSyncWith((call) => {
      if (call === 1) throw systemError(5, 'EIO')
      return 5
    })
    const { fs, file, path } = openedOn(TEXT, { readSync })
    const error = thrownBy(() => fs.read(file, new Uint8Array(100), 0, 100, 3))
    expect(error).toMatchObject({ operation: 'read', file: path, errno: 5, errnoName: 'EIO', offset: 8 })
    expect(error.message).toBe(`read of ${path} at offset 8 failed: EIO (i/o error)`)
  })
})

describe('write', () => {
  it('continues a short write', () => {
    const { fs, file, path } = openedOn('', { writeSync: writeSyncWith(() => 1) })
    fs.write(file, Buffer.from(TEXT), 2, TEXT.length - 2, 0)
    expect(readFileSync(path, 'latin1')).toBe(TEXT.slice(2))
  })

  it('throws the error that a short count hid, with the offset it struck at', () => {
    const write = writeSyncWith((call) => {
      if (call === 1) throw systemError(28, 'ENOSPC')
      return 5
    })
    const { fs, file } = openedOn('', { writeSync: write })
    const error = thrownBy(() => fs.write(file, Buffer.from(TEXT), 0, TEXT.length, 100))
    expect(error).toMatchObject({ operation: 'write', errnoName: 'ENOSPC', offset: 105 })
  })

  it('throws when no byte is taken', () => {
    const { fs, file } = openedOn('', { writeSync: writeSyncWith((call) => (call === 0 ? 5 : 0)) })
    const error = thrownBy(() => fs.write(file, Buffer.from(TEXT), 0, TEXT.length, 0))
    expect(error).toMatchObject({ operation: 'write', errnoName: 'EIO', offset: 5 })
  })

  it('meets a disk that is really full', (ctx) => {
    const dir = temporaryDirectory()
    if (process.getuid?.() !== 0 || process.platform !== 'linux') ctx.skip('mounting a small tmpfs needs root on Linux')
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', dir])
    onTestFinished(() => void execFileSync('umount', [dir]))
    const file = nodeFileSystem.open(join(dir, 'file'), 'create')
    const error = thrownBy(() => nodeFileSystem.write(file, new Uint8Array(100_000), 0, 100_000, 0))
    nodeFileSystem.close(file)
    expect(error).toMatchObject({ errnoName: 'ENOSPC', offset: 65_536 })
  })
})

describe.each([
  ['EINTR', 4],
  ['EAGAIN', 11],
] as const)('%s', (name, errno) => {
  const interrupted = (times: number) => (call: number) => {
    if (call < times) throw systemError(errno, name)
    return undefined
  }

  it('is met again, and the bytes arrive once', () => {
    const calls = { readSync: readSyncWith(interrupted(3)), writeSync: writeSyncWith(interrupted(3)) }
    const { fs, file, path } = openedOn('', calls)
    fs.write(file, Buffer.from(TEXT), 0, TEXT.length, 0)
    expect(readFileSync(path, 'latin1')).toBe(TEXT)
    expect(fs.read(file, new Uint8Array(100), 0, 100, 0)).toBe(TEXT.length)
  })

  it('is believed in the end', () => {
    let calls = 0
    const forEver = (call: number): never => {
      calls = call + 1
      throw systemError(errno, name)
    }
    const { fs, file } = openedOn(TEXT, { readSync: readSyncWith(forEver), writeSync: writeSyncWith(forEver) })
    expect(thrownBy(() => fs.write(file, new Uint8Array(1), 0, 1, 0))).toMatchObject({ errnoName: name, offset: 0 })
    expect(calls).toBe(INTERRUPTIONS_MAX + 1)
    expect(thrownBy(() => fs.read(file, new Uint8Array(1), 0, 1, 0))).toMatchObject({ errnoName: name, offset: 0 })
    expect(calls).toBe(INTERRUPTIONS_MAX + 1)
  })

  it('of a sync or close is never met again', () => {
    let calls = 0
    const fail = (): never => {
      calls += 1
      throw systemError(errno, name)
    }
    const fs = createNodeFileSystem({ fdatasyncSync: fail, fsyncSync: fail, closeSync: fail })
    for (const call of [() => fs.syncData(3), () => fs.syncAll(3), () => fs.close(3)]) {
      calls = 0
      expect(thrownBy(call)).toMatchObject({ code: 'ERR_RINGWAL_IO', errnoName: name })
      expect(calls).toBe(1)
    }
    calls = 0
    const oneFails = createNodeFileSystem({ fsyncSync: fail })
    expect(thrownBy(() => oneFails.syncDirectory(temporaryDirectory()))).toMatchObject({ operation: 'fsync' })
    expect(calls).toBe(1)
  })
})

describe('a position that no file has', () => {
  it.each([-1, 0.5, Number.NaN, 2 ** 53])('is refused (%d), not taken for the current one', (position) => {
    const { fs, file, path } = openedOn(TEXT, {})
    expect(thrownBy(() => fs.write(file, new Uint8Array(4), 0, 4, position)).code).toBe('ERR_RINGWAL_INTERNAL')
    expect(thrownBy(() => fs.read(file, new Uint8Array(4), 0, 4, position)).code).toBe('ERR_RINGWAL_INTERNAL')
    expect(readFileSync(path, 'latin1')).toBe(TEXT)
  })

  it('is not the only wrong call that is told', () => {
    const { fs, file } = openedOn(TEXT, {})
    expect(thrownBy(() => fs.read(file, new Uint8Array(4), 2, 4, 0)).code).toBe('ERR_RINGWAL_INTERNAL')
    expect(thrownBy(() => fs.write(file, new Uint8Array(4), 2, 4, 0)).code).toBe('ERR_RINGWAL_INTERNAL')
  })
})
