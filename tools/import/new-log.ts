import { randomBytes } from 'node:crypto'
import { open, readdir, rename, rm, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { RingwalError } from '../../src/errors.ts'
import { refuseOption } from '../support/failure.ts'

/**
 * Makes a log in a directory beside its place, and puts it there once it is complete: a reader finds all of it or nothing.
 * @param fill writes and closes the log
 * @throws ERR_RINGWAL_OPTION if something is there already; ERR_RINGWAL_IO
 */
export async function intoNewLog<T>(output: string, fill: (dir: string) => Promise<T>): Promise<T> {
  const target = resolve(output)
  await refuseOccupied(target, output)
  const draft = `${target}.importing-${randomBytes(4).toString('hex')}`
  try {
    const result = await fill(draft)
    await place(draft, target)
    return result
  } catch (error) {
    await rm(draft, { recursive: true, force: true })
    throw error
  }
}

async function refuseOccupied(target: string, output: string): Promise<void> {
  const found = await stat(target).catch(() => undefined)
  if (found === undefined) return
  if (found.isDirectory() && (await readdir(target)).length === 0) return
  throw refuseOption('--output', output, 'a directory that is not there yet, or an empty one')
}

async function place(draft: string, target: string): Promise<void> {
  try {
    await rename(draft, target)
    const parent = await open(dirname(target), 'r')
    try {
      await parent.sync()
    } finally {
      await parent.close()
    }
  } catch (error) {
    const message = `putting the log in place at ${target}: ${(error as Error).message}`
    throw new RingwalError('ERR_RINGWAL_IO', message, { path: target }, error)
  }
}
