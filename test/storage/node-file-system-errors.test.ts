import {
  linkSync,
  mkdirSync,
  readFileSync,
  statfsSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { RingwalError } from '../../src/errors.ts'
import { ioError, ioErrorFrom, isIoError } from '../../src/storage/io-error.ts'
import { createNodeFileSystem, nodeFileSystem as fs } from '../../src/storage/node-file-system.ts'
import { systemError, thrownBy } from './system-error.ts'
import { temporaryDirectory } from './temporary-directory.ts'

describe('an error', () => {
  it('tells operation, file and cause in one line', () => {
    const fdatasyncSync = (): never => {
      throw systemError(5, 'EIO')
    }
    const failing = createNodeFileSystem({ fdatasyncSync })
    const path = join(temporaryDirectory(), 'segment')
    const file = failing.open(path, 'create')
    onTestFinished(() => failing.close(file))
    const error = thrownBy(() => failing.syncData(file))
    expect(error.message).toBe(`fdatasync of ${path} failed: EIO (i/o error)`)
    expect(error.facts).toEqual({ operation: 'fdatasync', file: path, errno: 5, errnoName: 'EIO' })
    expect(error.cause).toMatchObject({ code: 'EIO' })
  })

  it.runIf(process.platform === 'linux')('names a full quota, for which Node has no name', () => {
    const error = ioErrorFrom('write', 'f', systemError(122, 'Unknown system error -122'), { offset: 4096 })
    expect(error.message).toBe('write of f at offset 4096 failed: EDQUOT (disk quota exceeded)')
    expect(error).toMatchObject({ errno: 122, errnoName: 'EDQUOT', offset: 4096 })
  })

  it('has no name where nobody knows one', () => {
    const error = ioError('write', 'f', 9999)
    expect(error.message).toBe('write of f failed: errno 9999 (an error the runtime has no name for)')
    expect(error.facts).toEqual({ operation: 'write', file: 'f', errno: 9999 })
  })

  it('is told apart by its name', () => {
    const error = ioError('open', 'f', 2)
    expect(isIoError(error, 'EEXIST', 'ENOENT')).toBe(true)
    expect(isIoError(error, 'EEXIST')).toBe(false)
    expect(isIoError(ioError('open', 'f', 9999), 'ENOENT')).toBe(false)
    expect(isIoError(new RingwalError('ERR_RINGWAL_FULL', '', { errnoName: 'ENOENT' }), 'ENOENT')).toBe(false)
  })

  it('of a closed descriptor does not name the file it was', () => {
    const path = join(temporaryDirectory(), 'file')
    const file = fs.open(path, 'create')
    fs.close(file)
    expect(thrownBy(() => fs.close(file))).toMatchObject({
      operation: 'close',
      file: `descriptor ${file}`,
      errnoName: 'EBADF',
    })
  })

  it.each([
    ['readdir', (path: string) => fs.list(path)],
    ['rename', (path: string) => fs.rename(path, `${path}.new`)],
    ['link', (path: string) => fs.link(`${path}.old`, path)],
    ['unlink', (path: string) => fs.remove(path)],
    ['open', (path: string) => fs.syncDirectory(path)],
    ['statfs', (path: string) => fs.freeBytes(path)],
  ] as const)('of %s names the path that is missing', (operation, call) => {
    const path = join(temporaryDirectory(), 'missing')
    expect(thrownBy(() => call(path))).toMatchObject({
      code: 'ERR_RINGWAL_IO',
      operation,
      file: path,
      errnoName: 'ENOENT',
    })
  })
})

describe('facts', () => {
  it('of a file follow its size, links and time', () => {
    const path = join(temporaryDirectory(), 'file')
    const file = fs.open(path, 'create')
    onTestFinished(() => fs.close(file))
    fs.truncate(file, 12_345)
    linkSync(path, `${path}.link`)
    utimesSync(path, 1000, 1000)
    expect(fs.stat(file)).toMatchObject({ kind: 'file', size: 12_345, links: 2, modifiedMs: 1_000_000 })
    expect(fs.stat(file)).toEqual(fs.statPath(path))
    unlinkSync(path)
    unlinkSync(`${path}.link`)
    expect(fs.stat(file).links).toBe(0)
    expect(fs.statPath(path)).toBeUndefined()
  })

  it('of a path do not follow a link', () => {
    const dir = temporaryDirectory()
    mkdirSync(join(dir, 'directory'))
    symlinkSync('directory', join(dir, 'link'))
    expect(fs.statPath(join(dir, 'directory'))?.kind).toBe('directory')
    expect(fs.statPath(join(dir, 'link'))?.kind).toBe('link')
    expect(fs.statPath('/dev/null')?.kind).toBe(process.platform === 'win32' ? undefined : 'other')
  })

  it('of free space are those for an unprivileged process', () => {
    const { bavail, bsize } = statfsSync(temporaryDirectory())
    const free = fs.freeBytes(temporaryDirectory())
    expect(Math.abs(free - bavail * bsize)).toBeLessThan(2 ** 30)
    expect(free).toBeGreaterThan(0)
  })
})

describe('directories', () => {
  it('list what was created, renamed and removed', () => {
    const dir = temporaryDirectory()
    for (const name of ['a', 'b', 'c']) writeFileSync(join(dir, name), name)
    fs.rename(join(dir, 'a'), join(dir, 'b'))
    fs.remove(join(dir, 'c'))
    expect(fs.list(dir)).toEqual(['b'])
    expect(readFileSync(join(dir, 'b'), 'utf8')).toBe('a')
  })

  it('give a file one more name, but none that is taken', () => {
    const dir = temporaryDirectory()
    for (const name of ['a', 'b']) writeFileSync(join(dir, name), name)
    fs.link(join(dir, 'a'), join(dir, 'c'))
    expect(fs.statPath(join(dir, 'c'))).toMatchObject({ links: 2, identity: fs.statPath(join(dir, 'a'))!.identity })
    const taken = thrownBy(() => fs.link(join(dir, 'a'), join(dir, 'b')))
    expect(taken).toMatchObject({ code: 'ERR_RINGWAL_IO', errnoName: 'EEXIST', file: join(dir, 'b') })
    expect(readFileSync(join(dir, 'b'), 'utf8')).toBe('b')
  })

  it.skipIf(process.platform === 'win32')('are synced, and their failure is told', () => {
    const dir = temporaryDirectory()
    const synced: number[] = []
    createNodeFileSystem({ fsyncSync: (file) => void synced.push(file) }).syncDirectory(dir)
    expect(synced).toHaveLength(1)
    const fsyncSync = (): never => {
      throw systemError(5, 'EIO')
    }
    const error = thrownBy(() => createNodeFileSystem({ fsyncSync }).syncDirectory(dir))
    expect(error.message).toBe(`fsync of ${dir} failed: EIO (i/o error)`)
  })
})
