/** One contract, and every kind of target. */
import { join } from 'node:path'
import { describe } from 'vitest'
import { directoryTarget, s3Target } from '../../src/archive/index.ts'
import { temporaryDirectory } from '../storage/temporary-directory.ts'
import { SimulatedDisk } from '../support/simulated-disk.ts'
import { targetOn } from './archive-kit.ts'
import { s3Store } from './s3-store.ts'
import { keepsTheContract } from './target-contract.ts'

describe('a directory', () => {
  keepsTheContract(async () => {
    const path = join(temporaryDirectory(), 'archive')
    return () => directoryTarget(path)
  })
})

describe('a directory of a simulated disk', () => {
  keepsTheContract(async () => {
    const disk = new SimulatedDisk()
    return () => targetOn(disk)
  })
})

describe('a store with the interface of S3', () => {
  keepsTheContract(async () => {
    const spec = (await s3Store()).spec('logs/wal')
    return () => s3Target(spec)
  })
})

describe('the root of a bucket', () => {
  keepsTheContract(async () => {
    const { url } = (await s3Store()).spec('')
    return () => s3Target(url)
  })
})
