import { existsSync, mkdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { type BenchOptions, parseOptions } from '../../bench/options.ts'
import { lifetimeSection } from '../../bench/sections/lifetime-section.ts'
import { openingSection } from '../../bench/sections/opening-section.ts'
import { readingSection } from '../../bench/sections/reading-section.ts'
import { Workshop } from '../../bench/sections/workshop.ts'
import { temporaryDirectory } from '../storage/temporary-directory.ts'

function workshop(...args: string[]): Workshop {
  const root = temporaryDirectory()
  return new Workshop(parseOptions(args, root) as BenchOptions, root)
}

describe('the workshop', () => {
  it('skips aloud, once, what the disk has no room for', () => {
    const shop = workshop('--log-bytes', '1024G')
    expect([readingSection(shop), openingSection(shop)]).toEqual([undefined, undefined])
    expect(shop.hasRoomFor('opening', 1e18)).toBe(false)
    expect(shop.skipped.map(({ what }) => what)).toEqual(['reading', 'opening'])
    expect(shop.skipped[1]!.reason).toMatch(/^it takes 2199\.0 GB, and the disk has \d+\.\d GB free$/)
    expect(shop.hasRoomFor('little', 1)).toBe(true)
  })

  it('ends the life of a log at the last station that there is room for', () => {
    const shop = workshop('--sizes', '1000000', '--long')
    const { steps } = lifetimeSection(shop)
    // 10^8 records of a megabyte.
    expect(shop.skipped.map(({ what }) => what)).toContain('lifetime at 100000000 records')
    expect(steps.map(({ what }) => what)).not.toContain('lifetime: 100000000 records')
  })

  it('gives each measurement a place of its own, and clears it unless it is to be kept', () => {
    for (const [args, stays] of [
      [[], false],
      [['--keep'], true],
    ] as const) {
      const shop = workshop(...args)
      const [one, other] = [shop.place('log'), shop.place('log')]
      expect(one).not.toBe(other)
      mkdirSync(one)
      shop.discard(one)
      expect(existsSync(one)).toBe(stays)
    }
  })

  it('stops what runs', () => {
    const shop = workshop()
    let stopped = 0
    shop.atStop(() => stopped++)
    shop.stop()
    expect(stopped).toBe(1)
  })
})
