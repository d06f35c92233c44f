import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { refuseOption } from '../support/failure.ts'

/** The directory of a drill: one of its own, so that no log of anybody's is touched. */
export class DrillHome {
  readonly path: string
  private readonly isTemporary: boolean

  /** @param dir undefined for a temporary one @throws ERR_RINGWAL_OPTION if there is anything in it; ERR_RINGWAL_IO */
  constructor(dir: string | undefined) {
    this.isTemporary = dir === undefined
    this.path = dir === undefined ? mkdtempSync(join(tmpdir(), 'ringwal-drill-')) : resolve(dir)
    if (dir === undefined) return
    mkdirSync(this.path, { recursive: true, mode: 0o700 })
    if (readdirSync(this.path).length > 0)
      throw refuseOption('--dir', dir, 'an empty directory, or one that is not there')
  }

  /** At the end of a drill that passed: a directory that was asked for is kept. @returns whether it is gone */
  tidy(): boolean {
    if (this.isTemporary) this.remove()
    return this.isTemporary
  }

  /** All that the drill made. */
  remove(): void {
    const paths = this.isTemporary ? [this.path] : readdirSync(this.path).map((name) => join(this.path, name))
    // A process that was killed a moment ago may still be at its last write.
    for (const path of paths) rmSync(path, { recursive: true, force: true, maxRetries: 5 })
  }
}
