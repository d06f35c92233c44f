import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readLock } from '../../src/storage/directory-lock.ts'
import { readLockFile, releaseLockFile, takeLockFile } from '../../src/storage/lock-file.ts'
import { type LockHolder, newHolder } from '../../src/storage/lock-holder.ts'
import type { Verdict } from '../../src/storage/lock-verdict.ts'
import { ownIdentity } from '../../src/storage/process-identity.ts'
import { LockProcess } from './lock-process.ts'
import { deadPid, writeLock } from './stale-lock.ts'
import { thrownBy } from './system-error.ts'
import { temporaryDirectory } from './temporary-directory.ts'

describe('of eight processes that find the same stale file at the same moment', () => {
  const ROUNDS = 12

  it.each([0, 2])(
    'exactly one gets the lock, with %i dead claimants before them',
    { timeout: 120_000 },
    async (dead) => {
      const contenders = Array.from({ length: 8 }, () => new LockProcess())
      const pid = deadPid()
      for (let round = 0; round < ROUNDS; round++) {
        const dir = temporaryDirectory()
        let name = 'LOCK'
        for (let depth = 0; depth <= dead; depth++) name = `LOCK.${writeLock(dir, { pid }, name).token}`
        const at = Date.now() + (round === 0 ? 1500 : 30)
        const outcomes = await Promise.all(contenders.map((contender) => contender.takeFile(dir, at)))
        const winners = outcomes.flatMap(({ holder }) => holder ?? [])
        expect(winners).toHaveLength(1)
        expect(readLock(dir)).toMatchObject({ state: 'held', holder: winners[0] })
        const codes = outcomes.flatMap(({ error }) => error?.code ?? [])
        expect(codes).toEqual(Array.from({ length: 7 }, () => 'ERR_RINGWAL_LOCKED'))
      }
    },
  )
})

describe('a contender that judged a stale file before another replaced it', () => {
  const contender = (): LockHolder => newHolder(ownIdentity(), null)

  /** Finds `stale` dead and everything else alive; just before it says so for the first time, `meanwhile` happens. */
  function judgeAfter(stale: LockHolder, meanwhile: () => void): (found: LockHolder) => Verdict {
    let happened = false
    return (found) => {
      if (!happened) {
        happened = true
        meanwhile()
      }
      return { state: found.token === stale.token ? 'stale' : 'held', reason: 'the test says so' }
    }
  }

  it('does not replace the file of that one', () => {
    const dir = temporaryDirectory()
    const stale = writeLock(dir, { pid: deadPid() })
    const [slow, fast] = [contender(), contender()]
    const fastTakes = () =>
      takeLockFile(
        dir,
        fast,
        judgeAfter(stale, () => {}),
      )
    const error = thrownBy(() => takeLockFile(dir, slow, judgeAfter(stale, fastTakes)))
    expect(error).toMatchObject({ code: 'ERR_RINGWAL_LOCKED', holder: fast })
    expect(readLockFile(dir)).toEqual(fast)
    expect(readdirSync(dir).sort()).toEqual(['LOCK', 'LOCK.spare'])
  })

  it('gets the lock if that one has given it up again', () => {
    const dir = temporaryDirectory()
    const stale = writeLock(dir, { pid: deadPid() })
    const [slow, fast] = [contender(), contender()]
    const fastComesAndGoes = () => {
      takeLockFile(
        dir,
        fast,
        judgeAfter(stale, () => {}),
      )
      releaseLockFile(dir, fast)
    }
    takeLockFile(dir, slow, judgeAfter(stale, fastComesAndGoes))
    expect(readLockFile(dir)).toEqual(slow)
    expect(readdirSync(dir).sort()).toEqual(['LOCK', 'LOCK.spare'])
  })

  it('does not follow dead claimants into a lock that is taken', () => {
    const dir = temporaryDirectory()
    const pid = deadPid()
    const stale = writeLock(dir, { pid })
    const claimant = writeLock(dir, { pid }, `LOCK.${stale.token}`)
    const [slow, fast] = [contender(), contender()]
    const isDead = (found: LockHolder): Verdict => {
      const dead = found.token === stale.token || found.token === claimant.token
      return { state: dead ? 'stale' : 'held', reason: 'the test says so' }
    }
    const fastTakes = () => takeLockFile(dir, fast, isDead)
    let judged = 0
    const slowJudge = (found: LockHolder): Verdict => {
      judged += 1
      // The second file it meets is the claim: it has judged both when the other replaces them.
      if (judged === 2) fastTakes()
      return isDead(found)
    }
    expect(thrownBy(() => takeLockFile(dir, slow, slowJudge))).toMatchObject({
      code: 'ERR_RINGWAL_LOCKED',
      holder: fast,
    })
    expect(readLockFile(dir)).toEqual(fast)
  })
})

describe('a chain of dead claimants without end', () => {
  it('ends in a refusal', () => {
    const dir = temporaryDirectory()
    const pid = deadPid()
    let name = 'LOCK'
    for (let depth = 0; depth < 100; depth++) name = `LOCK.${writeLock(dir, { pid }, name).token}`
    const error = thrownBy(() =>
      takeLockFile(dir, newHolder(ownIdentity(), null), () => ({ state: 'stale', reason: '' })),
    )
    expect(error).toMatchObject({ code: 'ERR_RINGWAL_LOCKED', holder: null })
    expect(readLock(dir).state).toBe('stale')
    expect(error.message).toContain(join(dir, 'LOCK.'))
  })
})
