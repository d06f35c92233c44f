import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { afterEach, describe, expect, it } from 'vitest'
import { CHANNEL_NAMES } from '../../src/metrics/index.ts'
import { publish } from '../../src/wal/channels.ts'

const subscribed: (() => void)[] = []
afterEach(() => {
  for (const end of subscribed.splice(0)) end()
})

function listen(name: string): unknown[] {
  const heard: unknown[] = []
  const listener = (message: unknown, from: string | symbol): void => {
    heard.push([from, message])
  }
  subscribe(name, listener)
  subscribed.push(() => unsubscribe(name, listener))
  return heard
}

const RETIRED = { dir: '/data/wal', segments: 2, bytes: 131_072, firstLsn: 1009 }

describe('the channels', () => {
  it('have the names that subscribers use', () => {
    expect(CHANNEL_NAMES).toEqual(
      [
        ...['open', 'recovered', 'poisoned', 'closed', 'checkpoint', 'retired', 'retention-held'],
        ...['archived', 'archive-failed', 'archive-gap', 'warning'],
      ].map((name) => `ringwal:${name}`),
    )
  })

  it('bring a message to every subscriber of its channel, at once', () => {
    const [one, other, stranger] = [listen('ringwal:retired'), listen('ringwal:retired'), listen('ringwal:open')]
    publish('ringwal:retired', () => RETIRED)
    expect(one).toEqual([['ringwal:retired', RETIRED]])
    expect(other).toEqual(one)
    expect(stranger).toEqual([])
  })

  it('make no message that nobody hears', () => {
    let made = 0
    const message = (): typeof RETIRED => {
      made++
      return RETIRED
    }
    publish('ringwal:retired', message)
    expect(made).toBe(0)
    const heard = listen('ringwal:retired')
    publish('ringwal:retired', message)
    expect([made, heard.length]).toEqual([1, 1])
    for (const end of subscribed.splice(0)) end()
    publish('ringwal:retired', message)
    expect(made).toBe(1)
  })
})
