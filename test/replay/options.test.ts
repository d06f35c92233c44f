import { describe, expect, it } from 'vitest'
import { type ReplayOptions, replay } from '../../src/index.ts'
import { reducerAt } from './replay-kit.ts'

const reducer = reducerAt('keyed')
const bytes = new Uint8Array(0)

describe('an option of a replay', () => {
  it.each<[string, Record<string, unknown>]>([
    ['options', null as never],
    ['reducer', { reducer: undefined }],
    ['reducer', { reducer: './reducer.js' }],
    ['workers', { workers: 0 }],
    ['workers', { workers: 65 }],
    ['workers', { workers: 1.5 }],
    ['chunkBytes', { chunkBytes: 4088 }],
    ['chunkBytes', { chunkBytes: 4100 }],
    ['chunkBytes', { chunkBytes: 2 ** 31 }],
    ['from', { from: -1 }],
    ['from', { from: 1, snapshot: { lsn: 0, bytes } }],
    ['to', { to: 1.5 }],
    ['since', { since: 5 }],
    ['until', { until: new Date(Number.NaN) }],
    ['snapshot', { snapshot: 5 }],
    ['snapshot.lsn', { snapshot: { lsn: -1, bytes } }],
    ['snapshot.bytes', { snapshot: { lsn: 1, bytes: 'text' } }],
    ['signal', { signal: {} }],
    ['onProgress', { onProgress: 5 }],
    ['onDamage', { onDamage: 'ignore' }],
    ['type', { type: 65536 }],
    ['key', { key: [1, -1] }],
    ['form', { form: 1 }],
  ])('%s is refused: %j', async (option, given) => {
    const options = given === null ? given : { reducer, ...given }
    const replayed = replay('nowhere', options as unknown as ReplayOptions)
    await expect(replayed).rejects.toMatchObject({ code: 'ERR_RINGWAL_OPTION', option })
  })

  it('may be the URL as text', async () => {
    await expect(replay('/nowhere', { reducer: reducer.href })).rejects.toMatchObject({ code: 'ERR_RINGWAL_NOT_FOUND' })
  })
})
