/** Loaded before the engine in a test: while a file is there, no sync of data ends, in whatever thread. */
import fs, { existsSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'

export const SLOW_DISK = 'RINGWAL_TEST_SLOW_DISK'

const stall = process.env[SLOW_DISK]
if (stall !== undefined) {
  const { fdatasyncSync } = fs
  const nap = new Int32Array(new SharedArrayBuffer(4))
  Object.assign(fs, {
    fdatasyncSync(fd: number): void {
      while (existsSync(stall)) Atomics.wait(nap, 0, 0, 10)
      fdatasyncSync(fd)
    },
  })
  syncBuiltinESMExports()
}
