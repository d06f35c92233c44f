import { join } from 'node:path'
import { expect, it } from 'vitest'
import { temporaryDirectory } from '../storage/temporary-directory.ts'
import { killAndReplay } from './killed-engine.ts'

const KILLS = 25

it(`an engine killed ${KILLS} times is rebuilt as it was at the recovered LSN`, { timeout: 240_000 }, async () => {
  const { kills, records } = await killAndReplay(join(temporaryDirectory(), 'log'), KILLS, 1)
  expect(kills).toBe(KILLS)
  expect(records).toBeGreaterThan(KILLS)
  console.log(`replay: ${kills} kills, ${records} records rebuilt`)
})
