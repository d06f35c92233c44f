/** Limits of the process: open files and the size of a file. Typed errors, and nothing lost that was acknowledged. */

import { execFileSync, spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { ERROR_MEANINGS } from '../../src/index.ts'
import { temporaryDirectory } from '../storage/temporary-directory.ts'
import { checkLog } from './check-log.ts'
import type { LifeOrder } from './life.ts'
import { skipAloud } from './skip-aloud.ts'
import { shared } from './sweep.ts'
import type { Told } from './told.ts'
import { VictimProcess } from './victim-process.ts'

const ORDER = {
  ...({ seed: 6, script: 'groups', policy: 'always', everyMs: 1 } as const),
  ...{ segmentBytes: 1 << 16, spareSegments: 1, bytesMax: 3000 },
}

/** Lives, checks what is left, and says what became of it: `done`, or the code of its first refusal. */
async function endOf(victim: VictimProcess, dir: string): Promise<{ end: string; told: Told }> {
  const order: LifeOrder = { ...ORDER, dir }
  victim.order(order)
  await victim.end()
  const { told } = victim
  for (const { code } of told.refusals) expect(Object.keys(ERROR_MEANINGS)).toContain(code)
  await checkLog(order, told)
  return { end: told.refusals[0]?.code ?? (told.isDone ? 'done' : 'died'), told }
}

/** Files that a process may open beside those it has when it begins with its log. */
const FILES = [0, 1, 2, 4, 8, 16, 32, 64]

describe('a process that may open only so many files', () => {
  it('opens its log, or is refused, wherever the limit strikes', async (ctx) => {
    if (spawnSync('prlimit', ['--version']).status !== 0) skipAloud(ctx, 'no prlimit here')
    const ends: string[] = []
    await shared(2, FILES, async (more) => {
      const victim = new VictimProcess()
      while (victim.told.pid === undefined) await setTimeout(1)
      const { pid } = victim.told
      const files = readdirSync(`/proc/${pid}/fd`).length + more
      execFileSync('prlimit', ['--pid', String(pid), `--nofile=${files}`])
      ends.push((await endOf(victim, temporaryDirectory())).end)
    })
    expect(ends).toContain('done')
    expect(ends).toContain('ERR_RINGWAL_IO')
  })
})

describe('a process whose files may have only so many bytes', () => {
  // The signal that comes with it is ignored here, so that the call fails.
  it.each([8, 100])('of %i blocks of 512: is refused what exceeds that', async (blocks) => {
    const { told } = await endOf(underShell(`trap '' XFSZ; ulimit -f ${blocks}`), temporaryDirectory())
    expect(told.refusals[0]).toMatchObject({ errnoName: 'EFBIG' })
  })

  it('and which is killed for more leaves all that it was told is durable', async () => {
    await endOf(underShell('ulimit -f 60'), temporaryDirectory())
  })
})

function underShell(limit: string): VictimProcess {
  return new VictimProcess({ by: ['sh', '-c', `${limit}; exec "$@"`, 'sh'] })
}
