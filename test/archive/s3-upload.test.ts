/** Storing in an S3 store: at once and in parts, and what becomes of an upload that fails. */
import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { type ArchiveTarget, s3Target } from '../../src/archive/index.ts'
import { rejection } from './archive-kit.ts'
import type { FaultKind, S3Operation } from './s3-faults.ts'
import { type S3Store, s3Store } from './s3-store.ts'
import { bytesOf, inPieces, MANIFEST, namesIn, OBJECT } from './target-contract.ts'

const MIB = 1 << 20
const LARGE = randomBytes(5 * MIB + 100_000)

/** @param patience milliseconds, for a store that falls silent: on a busy machine others do, too */
async function opened(patience = 30_000): Promise<{ readonly store: S3Store; readonly target: ArchiveTarget }> {
  const store = await s3Store()
  return { store, target: s3Target(store.spec('wal', { idleTimeoutMs: patience })) }
}

function put(target: ArchiveTarget, bytes: Uint8Array, name = OBJECT): Promise<'stored' | 'taken'> {
  return target.put(name, inPieces(bytes, 700_000))
}

describe('an object', () => {
  it('of up to one part is one request, with its checksum', async () => {
    const { store, target } = await opened()
    await put(target, LARGE.subarray(0, 5 * MIB))
    expect(store.count('CreateMultipartUpload')).toBe(0)
    expect(store.asked.map(({ operation, bytes }) => [operation, bytes]).at(-1)).toEqual(['PutObject', 5 * MIB])
  })

  it('of more goes in parts of one length, and is looked at when it is there', async () => {
    const { store, target } = await opened()
    const large = randomBytes(20 * MIB + 1)
    expect(await put(target, large)).toBe('stored')
    const own = store.asked.filter(({ key }) => key.endsWith(OBJECT))
    expect(own.map(({ operation }) => operation)).toEqual([
      'CreateMultipartUpload',
      ...Array(5).fill('UploadPart'),
      'CompleteMultipartUpload',
      'HeadObject',
    ])
    expect(own.slice(1, 6).map(({ bytes }) => bytes)).toEqual([5 * MIB, 5 * MIB, 5 * MIB, 5 * MIB, 1])
    expect((await bytesOf(target.get(OBJECT, large.length))).equals(large)).toBe(true)
    expect(store.openUploads.size).toBe(0)
  })

  it('of more whose name is taken stays as it is, and its parts are given up', async () => {
    const { store, target } = await opened()
    await put(target, Buffer.from('first'))
    expect(await put(target, LARGE)).toBe('taken')
    expect(String(await bytesOf(target.get(OBJECT, 100)))).toBe('first')
    expect(store.openUploads.size).toBe(0)
  })

  it('is pulled piece by piece: no more than two parts are ahead of what the store has', async () => {
    const { store, target } = await opened()
    let ahead = 0
    let pulled = 0
    const pieces = async function* () {
      for (let i = 0; i < 20; i++) {
        yield LARGE.subarray(0, MIB)
        pulled += MIB
        const sent = store.asked.filter(({ operation }) => operation === 'UploadPart' || operation === 'PutObject')
        ahead = Math.max(ahead, pulled - sent.reduce((total, { bytes }) => total + bytes, 0))
      }
    }
    await target.put(OBJECT, pieces())
    expect(ahead).toBeLessThanOrEqual(10 * MIB)
  })
})

function patienceWith({ kind }: FaultKind): number {
  return kind === 'hang' ? 1000 : 30_000
}

type Broken = readonly [operation: S3Operation, fault: FaultKind, after: number, error: object]

const REFUSED = { kind: 'refuse', status: 500, code: 'InternalError' } as const
const DENIED = { kind: 'refuse', status: 403, code: 'AccessDenied' } as const
const RESET = { kind: 'reset', isDone: false } as const
const wrongEtag: FaultKind = {
  kind: 'change',
  change: (answer) => ({ ...answer, headers: { ...answer.headers, etag: '"0123456789abcdef0123456789abcdef"' } }),
}

describe('an upload in parts of which', () => {
  it.each<Broken>([
    ['CreateMultipartUpload', REFUSED, 1, { status: 500, s3Code: 'InternalError' }],
    ['UploadPart', REFUSED, 2, { status: 500, requestId: 'request-InternalError' }],
    ['UploadPart', DENIED, 1, { status: 403, message: expect.stringContaining('the credentials need s3:PutObject') }],
    ['UploadPart', RESET, 2, { s3Code: 'ECONNRESET' }],
    ['UploadPart', { kind: 'hang' }, 2, { message: expect.stringContaining('no answer in time') }],
    ['UploadPart', wrongEtag, 2, { status: 400, s3Code: 'InvalidPart' }],
    ['CompleteMultipartUpload', REFUSED, 1, { operation: 'CompleteMultipartUpload' }],
    ['CompleteMultipartUpload', RESET, 1, { operation: 'CompleteMultipartUpload' }],
  ])('%s fails for good leaves nothing: %j', async (operation, fault, after, facts) => {
    const { store, target } = await opened(patienceWith(fault))
    store.faults.plan({ operation, ...fault, after, times: 4 })
    expect(await rejection(put(target, LARGE))).toMatchObject({ code: 'ERR_RINGWAL_IO', ...facts })
    expect(store.openUploads.size).toBe(0)
    expect(await namesIn(target)).toEqual([])
    store.faults.clear()
    expect(await put(target, LARGE)).toBe('stored')
  })

  it('the pieces fail is given up', async () => {
    const { store, target } = await opened()
    const failure = new Error('the log is damaged')
    const pieces = async function* () {
      yield LARGE
      yield LARGE
      throw failure
    }
    expect(await rejection(target.put(OBJECT, pieces()))).toBe(failure)
    expect(store.count('AbortMultipartUpload')).toBeGreaterThan(1)
    expect(store.openUploads.size).toBe(0)
    expect(await namesIn(target)).toEqual([])
  })

  it.each<[S3Operation, FaultKind]>([
    ['UploadPart', { kind: 'refuse', status: 503, code: 'SlowDown' }],
    ['UploadPart', RESET],
    ['UploadPart', { kind: 'hang' }],
    ['UploadPart', { kind: 'reset', isDone: true }],
    ['CreateMultipartUpload', { kind: 'refuse', status: 503, code: 'SlowDown' }],
    ['CompleteMultipartUpload', REFUSED],
  ])('%s fails once is tried again, and stored: %j', async (operation, fault) => {
    const { store, target } = await opened(patienceWith(fault))
    store.faults.plan({ operation, ...fault, after: 1 })
    expect(await put(target, LARGE)).toBe('stored')
    expect((await bytesOf(target.get(OBJECT, LARGE.length))).equals(LARGE)).toBe(true)
  })
})

describe('an answer that is lost', () => {
  it.each([
    ['PutObject', LARGE.subarray(0, 100)],
    ['CompleteMultipartUpload', LARGE],
  ] as const)('behind a %s that was carried out is no taken name: it is ours', async (operation, bytes) => {
    const { store, target } = await opened()
    store.faults.plan({ operation, kind: 'reset', isDone: true, after: 1 })
    expect(await put(target, bytes)).toBe('stored')
    expect((await bytesOf(target.get(OBJECT, bytes.length))).equals(bytes)).toBe(true)
  })

  it('for good, and of one that was carried out, still tells that it is there', async () => {
    const { store, target } = await opened()
    await put(target, Buffer.from('x'), MANIFEST)
    store.faults.plan({ operation: 'PutObject', kind: 'reset', isDone: true, times: 9 })
    expect(await put(target, LARGE.subarray(0, 9))).toBe('stored')
  })
})

describe('a store that', () => {
  it.each(['none', 'put-only'] as const)('overwrites is refused before anything is stored: %s', async (conditions) => {
    const store = await s3Store({ conditions })
    const target = s3Target(store.spec('wal'))
    const error = await rejection(put(target, conditions === 'none' ? LARGE.subarray(0, 9) : LARGE))
    expect(error).toMatchObject({ code: 'ERR_RINGWAL_IO', s3Code: 'ConditionIgnored' })
    expect(await namesIn(target)).toEqual([])
    expect(store.openUploads.size).toBe(0)
  })

  it('does not know the condition is refused in its own words', async () => {
    const { store, target } = await opened()
    store.faults.plan({ operation: 'PutObject', kind: 'refuse', status: 501, code: 'NotImplemented' })
    expect(await rejection(put(target, LARGE))).toMatchObject({ status: 501, s3Code: 'NotImplemented' })
  })

  it('is busy with the same name, however often it is asked, has it taken', async () => {
    const { store, target } = await opened()
    store.faults.plan({
      operation: 'PutObject',
      kind: 'refuse',
      status: 409,
      code: 'ConditionalRequestConflict',
      after: 1,
      times: 9,
    })
    expect(await put(target, LARGE.subarray(0, 9))).toBe('taken')
  })

  it('knows no checksums takes parts without them', async () => {
    const target = s3Target((await s3Store({ checksums: false })).spec('wal'))
    expect(await put(target, LARGE)).toBe('stored')
    expect((await bytesOf(target.get(OBJECT, LARGE.length))).equals(LARGE)).toBe(true)
  })

  it.each(['PutObject', 'UploadPart'] as const)(
    'gets other bytes than were sent refuses them: %s',
    async (operation) => {
      const { store, target } = await opened()
      store.faults.plan({ operation, kind: 'flip', after: 1 })
      const bytes = operation === 'PutObject' ? LARGE.subarray(0, 99) : LARGE
      expect(await rejection(put(target, bytes))).toMatchObject({ s3Code: 'BadDigest' })
      expect(await namesIn(target)).toEqual([])
      expect(store.openUploads.size).toBe(0)
    },
  )

  it('puts parts together wrongly is found out', async () => {
    const { store, target } = await opened()
    const short = { kind: 'change', change: (answer: object) => ({ ...answer, headers: { 'content-length': '7' } }) }
    store.faults.plan({ operation: 'HeadObject', ...(short as FaultKind) })
    expect(await rejection(put(target, LARGE))).toMatchObject({ message: expect.stringContaining('another object') })
  })
})
