import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** What a process holds at a moment. */
export interface ProcessSample {
  readonly seconds: number
  /** Resident memory, MiB. */
  readonly residentMib: number
  readonly descriptors: number
  readonly threads: number
}

/** What stands in a log's directory at a moment. */
export interface DiskSample {
  readonly files: number
  readonly bytes: number
}

/** Undefined if there is no such process any more. */
export function sampleProcess(pid: number, seconds: number): ProcessSample | undefined {
  try {
    const [, kib] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
    if (kib === undefined) return undefined
    const count = (folder: string): number => readdirSync(`/proc/${pid}/${folder}`).length
    return { seconds, residentMib: Number(kib) / 1024, descriptors: count('fd'), threads: count('task') }
  } catch {
    return undefined
  }
}

export function sampleDisk(dir: string): DiskSample {
  const sizes = readdirSync(dir).flatMap((name) => statSync(join(dir, name), { throwIfNoEntry: false })?.size ?? [])
  return { files: sizes.length, bytes: sizes.reduce((sum, size) => sum + size, 0) }
}
