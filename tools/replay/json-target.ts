import { randomBytes } from 'node:crypto'
import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import { RingwalError } from '../../src/errors.ts'
import type { Output } from '../support/output.ts'

/** Takes a long JSON text piece by piece. */
export type TextTarget = (piece: string) => Promise<void>

/** To stdout. */
export function outputTarget(output: Output): TextTarget {
  return async (piece) => {
    output.piece(piece)
    if (output.isFull) await output.flush()
  }
}

/** To several, one after the other. */
export function everyTarget(targets: readonly TextTarget[]): TextTarget {
  return async (piece) => {
    for (const target of targets) await target(piece)
  }
}

/** A file that takes its place when it is complete and synced: until then whatever stood there stays. */
export class StateFile {
  private readonly path: string
  private readonly draft: string
  private readonly file: FileHandle

  private constructor(path: string, draft: string, file: FileHandle) {
    this.path = path
    this.draft = draft
    this.file = file
  }

  /** @throws ERR_RINGWAL_IO */
  static async create(path: string): Promise<StateFile> {
    const draft = `${path}.${randomBytes(4).toString('hex')}.tmp`
    return new StateFile(path, draft, await told(path, open(draft, 'wx', 0o600)))
  }

  readonly target: TextTarget = async (piece) => {
    await told(this.path, this.file.appendFile(piece))
  }

  async keep(): Promise<void> {
    await told(this.path, this.file.sync())
    await this.file.close()
    await told(this.path, rename(this.draft, this.path))
  }

  async drop(): Promise<void> {
    await this.file.close().catch(() => {})
    await rm(this.draft, { force: true })
  }
}

async function told<T>(path: string, work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    throw new RingwalError(
      'ERR_RINGWAL_IO',
      `writing the state to ${path}: ${(error as Error).message}`,
      { path },
      error,
    )
  }
}
