/** What every archive target promises, asked of each kind in the same words. */
import { randomBytes } from 'node:crypto'
import { expect, it } from 'vitest'
import type { ArchiveTarget } from '../../src/archive/index.ts'
import { rejection } from './archive-kit.ts'

export const OBJECT = '0000000001-0123456789abcdef-000001.segment'
export const OTHER = '0000000001-0123456789abcdef-000002.increment.gz'
export const MANIFEST = '0000000001.manifest'
const THINNING = '0000000001-0123456789abcdef.thinning'

export async function* inPieces(bytes: Uint8Array, pieceBytes = 70_000): AsyncGenerator<Uint8Array> {
  // The same memory again and again, as a careful reader of files has it.
  const memory = Buffer.alloc(pieceBytes)
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    const piece = bytes.subarray(at, at + pieceBytes)
    memory.set(piece)
    yield memory.subarray(0, piece.length)
  }
}

export async function bytesOf(pieces: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = []
  for await (const piece of pieces) all.push(piece)
  return Buffer.concat(all)
}

export async function namesIn(target: ArchiveTarget): Promise<string[]> {
  return (await target.list()).map(({ name }) => name).sort()
}

/** @param place one of a test's own, with nothing in it; what it gives opens it, as often as it is called */
export function keepsTheContract(place: () => Promise<() => ArchiveTarget>): void {
  it('gives back what it was given, of any length', async () => {
    const target = (await place())()
    for (const [i, length] of [1, 69_999, 70_000, 1_000_000].entries()) {
      const bytes = randomBytes(length)
      const name = OBJECT.replace('000001.', `00001${i}.`)
      expect(await target.put(name, inPieces(bytes))).toBe('stored')
      expect((await bytesOf(target.get(name, length))).equals(bytes)).toBe(true)
      expect(await target.list()).toContainEqual({ name, bytes: length })
    }
  })

  it('keeps what has a name', async () => {
    const target = (await place())()
    expect(await target.put(MANIFEST, inPieces(Buffer.from('first')))).toBe('stored')
    expect(await target.put(MANIFEST, inPieces(Buffer.from('second')))).toBe('taken')
    expect(String(await bytesOf(target.get(MANIFEST, 100)))).toBe('first')
  })

  it('gives a name to one of those that ask for it at once', async () => {
    const target = (await place())()
    const texts = ['one', 'two', 'three', 'four']
    const answers = await Promise.all(texts.map((text) => target.put(MANIFEST, inPieces(Buffer.from(text)))))
    const winner = texts[answers.indexOf('stored')]
    expect(answers.filter((answer) => answer === 'stored')).toHaveLength(1)
    expect(String(await bytesOf(target.get(MANIFEST, 100)))).toBe(winner)
  })

  it('stores nothing of an object whose pieces fail, and throws on what they throw', async () => {
    const target = (await place())()
    await target.put(MANIFEST, inPieces(Buffer.from('x')))
    const failure = new Error('the log is damaged')
    const pieces = async function* () {
      yield randomBytes(100_000)
      throw failure
    }
    expect(await rejection(target.put(OBJECT, pieces()))).toBe(failure)
    expect(await namesIn(target)).toEqual([MANIFEST])
    expect(await target.put(OBJECT, inPieces(randomBytes(10)))).toBe('stored')
  })

  it('tells of an object that is not there', async () => {
    const target = (await place())()
    await target.put(MANIFEST, inPieces(Buffer.from('x')))
    expect(await rejection(bytesOf(target.get(OBJECT, 100)))).toMatchObject({ code: 'ERR_RINGWAL_NOT_FOUND' })
  })

  it('gives no byte of one that is longer than it may be', async () => {
    const target = (await place())()
    await target.put(OBJECT, inPieces(randomBytes(1000)))
    const first = target.get(OBJECT, 999)[Symbol.asyncIterator]().next()
    expect(await rejection(first)).toMatchObject({ code: 'ERR_RINGWAL_DAMAGED', object: OBJECT, bytes: 1000 })
  })

  it('is not there before something is stored', async () => {
    expect(await rejection((await place())().list())).toMatchObject({ code: 'ERR_RINGWAL_NOT_FOUND' })
  })

  it('removes an object, for who opens it then as well, and one that is not there', async () => {
    const open = await place()
    const target = open()
    for (const name of [OBJECT, OTHER, MANIFEST, THINNING]) await target.put(name, inPieces(Buffer.from(name)))
    await target.remove(OBJECT)
    await target.remove(OBJECT)
    await target.remove(THINNING)
    expect(await namesIn(open())).toEqual([OTHER, MANIFEST].sort())
    expect(await target.put(OBJECT, inPieces(Buffer.from('again')))).toBe('stored')
  })

  it('takes, gives and removes nothing under a name that no archive has', async () => {
    const target = (await place())()
    for (const name of [
      '../wal/x',
      'LOCK',
      '',
      '.',
      '..',
      `${MANIFEST}/../x`,
      '/etc/passwd',
      'x\u0000y',
      '.ringwal-probe',
    ])
      for (const call of [
        target.put(name, inPieces(Buffer.from('x'))),
        target.remove(name),
        bytesOf(target.get(name, 9)),
      ])
        expect(await rejection(call)).toMatchObject({ code: 'ERR_RINGWAL_INTERNAL' })
    expect(await rejection(target.list())).toMatchObject({ code: 'ERR_RINGWAL_NOT_FOUND' })
  })
}
