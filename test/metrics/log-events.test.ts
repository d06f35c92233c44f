/** What a log tells on its channels, from its opening to its end. */
import { type ChannelListener, subscribe, unsubscribe } from 'node:diagnostics_channel'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { Wal } from '../../src/index.ts'
import { CHANNEL_NAMES } from '../../src/metrics/index.ts'
import { temporaryDirectory } from '../storage/temporary-directory.ts'

const subscribed: (() => void)[] = []
afterEach(() => {
  for (const end of subscribed.splice(0)) end()
})

type Told = readonly [name: string, message: Record<string, unknown>]

/** All that is told of one log from now on. */
function listen(dir: string): Told[] {
  const told: Told[] = []
  for (const name of CHANNEL_NAMES) {
    const listener: ChannelListener = (message) => {
      const { dir: of, ...facts } = message as Record<string, unknown>
      if (of === dir) told.push([name.replace('ringwal:', ''), facts])
    }
    subscribe(name, listener)
    subscribed.push(() => unsubscribe(name, listener))
  }
  return told
}

const names = (told: readonly Told[]): string[] => told.map(([name]) => name)

describe('the events of a log', () => {
  it('go from its opening over checkpoints and retired segments to its close', async () => {
    const dir = temporaryDirectory()
    const told = listen(dir)
    const wal = await Wal.open({ dir, segmentBytes: 65_536 })
    for (let i = 0; i < 100; i++) wal.append('x'.repeat(4000))
    const { truncated } = await wal.checkpoint(50, Buffer.alloc(9), { label: 'a', truncate: true })
    expect(await wal.truncateBefore(1)).toMatchObject({ segments: 0 })
    await wal.close()
    const { segments, bytes, firstLsn } = truncated!
    expect(told).toEqual([
      ['recovered', expect.objectContaining({ mode: 'tail', clean: true, lastLsn: 0, damaged: 0, tornBytes: 0 })],
      ['open', { state: 'open', lastLsn: 0 }],
      ['checkpoint', { lsn: 50, label: 'a', bytes: 9, removed: 0 }],
      ['retired', { segments, bytes, firstLsn }],
      ['closed', { error: undefined }],
    ])
  })

  it('tell of a log that is read only, or observed, and then resumed', async () => {
    const dir = temporaryDirectory()
    await (await Wal.open({ dir })).close()
    const told = listen(dir)
    await (await Wal.open({ dir, recover: 'read-only' })).close()
    const wal = await Wal.open({ dir, observe: 'always' })
    await wal.resume()
    await wal.close()
    const states = told.filter(([name]) => name === 'open').map(([, { state }]) => state)
    expect(states).toEqual(['read-only', 'observing', 'open'])
    expect(names(told).filter((name) => name === 'recovered')).toHaveLength(3)
  })

  it('tell once that it is poisoned, also to whoever waits for nothing', async () => {
    const dir = temporaryDirectory()
    const wal = await Wal.open({ dir, segmentBytes: 65_536 })
    await wal.appendDurable('x')
    const told = listen(dir)
    rmSync(join(dir, '00000000000000000001.rwal'))
    try {
      for (let i = 0; i < 40; i++) wal.append('x'.repeat(4000))
    } catch (error) {
      // The writer may have seen it before the last of them.
      expect(error).toMatchObject({ code: 'ERR_RINGWAL_POISONED' })
    }
    while (!names(told).includes('poisoned')) await new Promise((resolve) => setTimeout(resolve, 10))
    await expect(wal.close()).rejects.toMatchObject({ code: 'ERR_RINGWAL_POISONED' })
    expect(names(told).filter((name) => name !== 'warning')).toEqual(['poisoned', 'closed'])
    const errors = told.filter(([name]) => name !== 'warning').map(([, { error }]) => error)
    for (const error of errors)
      expect(error).toMatchObject({ code: 'ERR_RINGWAL_POISONED', cause: 'ERR_RINGWAL_TAMPERED' })
  })
})
