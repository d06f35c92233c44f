import { statfsSync } from 'node:fs'
import os from 'node:os'

/** On what the figures were got. */
export interface Machine {
  readonly node: string
  readonly cpu: string
  readonly cores: number
  readonly memoryMiB: number
  readonly system: string
  /** The file system under the logs; its magic number in hexadecimal if it is no known one. */
  readonly fileSystem: string
  /** Processes that wanted a core over the last minute: more than 0 at the start means that others ran too. */
  readonly loadAverage: number
}

/** From the Linux kernel's include/uapi/linux/magic.h and the file systems' own headers. */
const FILE_SYSTEMS: Readonly<Record<number, string>> = {
  61267: 'ext4',
  1481003842: 'xfs',
  2435016766: 'btrfs',
  801189825: 'zfs',
  4076150800: 'f2fs',
  2035054128: 'overlayfs',
  16914836: 'tmpfs',
  26985: 'nfs',
}

export function describeMachine(dir: string): Machine {
  const [load = 0] = os.loadavg()
  return {
    node: process.version,
    cpu: os.cpus()[0]?.model.trim() ?? 'unknown',
    cores: os.availableParallelism(),
    memoryMiB: Math.round(os.totalmem() / 2 ** 20),
    system: `${os.type()} ${os.release()} ${os.arch()}`,
    fileSystem: fileSystemOf(dir),
    loadAverage: Math.round(load * 100) / 100,
  }
}

function fileSystemOf(dir: string): string {
  if (process.platform !== 'linux') return 'unknown'
  const { type } = statfsSync(dir)
  return FILE_SYSTEMS[type] ?? `0x${type.toString(16)}`
}
