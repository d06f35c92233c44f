import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export type DiskKind = 'ext4' | 'xfs'

export interface DiskOptions {
  readonly kind: DiskKind
  /** Size of the image: 300 MiB at least for xfs, which makes nothing smaller. */
  readonly bytes?: number
  readonly mountOptions?: readonly string[]
  /** Where image and mount point stand. */
  readonly base?: string
}

const MIB = 1 << 20
const DEFAULT_BYTES: Readonly<Record<DiskKind, number>> = { ext4: 64 * MIB, xfs: 300 * MIB }

/** Memory, if there is a disk of it: syncing the image costs nothing then, and a power cut is one of the file system only. */
function defaultBase(): string {
  return existsSync('/dev/shm') ? '/dev/shm' : realpathSync(tmpdir())
}

/** A file system of its own in an image file, mounted through a loop device, to be filled, broken and cut from power. */
export class LoopDisk implements Disposable {
  readonly kind: DiskKind
  readonly mountPoint: string
  private readonly image: string
  private readonly home: string
  private readonly mountOptions: readonly string[]
  private isMounted = false
  private readonly dispose = (): void => this[Symbol.dispose]()

  constructor({ kind, bytes = DEFAULT_BYTES[kind], mountOptions = [], base }: DiskOptions) {
    this.kind = kind
    this.home = mkdtempSync(join(base ?? defaultBase(), 'ringwal-disk-'))
    this.image = join(this.home, 'image')
    this.mountPoint = join(this.home, 'mount')
    this.mountOptions = mountOptions
    process.once('exit', this.dispose)
    try {
      mkdirSync(this.mountPoint)
      writeFileSync(this.image, '')
      truncateSync(this.image, bytes)
      execFileSync(`mkfs.${kind}`, ['-q', this.image], { stdio: 'pipe' })
      this.mount()
    } catch (error) {
      this.dispose()
      throw error
    }
  }

  mount(): void {
    const options = ['loop', ...this.mountOptions].join()
    execFileSync('mount', ['-t', this.kind, '-o', options, this.image, this.mountPoint], { stdio: 'pipe' })
    this.isMounted = true
  }

  unmount(): void {
    execFileSync('umount', [this.mountPoint], { stdio: 'pipe' })
    this.isMounted = false
  }

  remount(options: string): void {
    execFileSync('mount', ['-o', `remount,${options}`, this.mountPoint], { stdio: 'pipe' })
  }

  /**
   * Cuts the power of the file system: from now on nothing reaches the image, and what did not is gone with the mount.
   * @param isLogFlushed whether the journal, with what it knows of names and sizes, is written out first
   */
  cutPower(isLogFlushed: boolean): void {
    shutDown(this.mountPoint, isLogFlushed)
  }

  /** The power comes back: what the image holds is mounted, and its journal replayed. Nobody may have a file open. */
  restorePower(): void {
    this.unmount()
    this.mount()
  }

  [Symbol.dispose](): void {
    process.removeListener('exit', this.dispose)
    if (this.isMounted) spawnSync('umount', ['-l', this.mountPoint])
    rmSync(this.home, { recursive: true, force: true })
  }
}

/** The ioctl, for a machine without xfs_io: XFS_IOC_GOINGDOWN, which is EXT4_IOC_SHUTDOWN too. */
const GOING_DOWN = `
import fcntl, os, struct, sys
fcntl.ioctl(os.open(sys.argv[1], os.O_RDONLY), 0x8004587d, struct.pack('I', int(sys.argv[2])))
`

function shutDown(mountPoint: string, isLogFlushed: boolean): void {
  const xfsIo = spawnSync('xfs_io', ['-x', '-c', isLogFlushed ? 'shutdown -f' : 'shutdown', mountPoint])
  if (xfsIo.error === undefined && xfsIo.status === 0) return
  const python = spawnSync('python3', ['-c', GOING_DOWN, mountPoint, isLogFlushed ? '1' : '2'])
  if (python.status !== 0) throw new Error(`no power cut: ${String(xfsIo.stderr)} ${String(python.stderr)}`)
}

/** Why there can be no such disk here; undefined if there can. */
export function whyNoDisk(options: DiskOptions): string | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'mounting needs root on Linux'
  try {
    new LoopDisk(options)[Symbol.dispose]()
    return undefined
  } catch (error) {
    return `no ${options.kind} on a loop device here: ${messageOf(error)}`
  }
}

/** Why the power of such a disk can not be cut here; undefined if it can. */
export function whyNoPowerCut(kind: DiskKind): string | undefined {
  const why = whyNoDisk({ kind })
  if (why !== undefined) return why
  try {
    using disk = new LoopDisk({ kind })
    disk.cutPower(false)
    return undefined
  } catch (error) {
    return `no shutdown ioctl for ${kind} here: ${messageOf(error)}`
  }
}

function messageOf(error: unknown): string {
  const { message, stderr } = error as Error & { stderr?: Buffer }
  return String(stderr?.length ? stderr : message)
    .trim()
    .slice(0, 300)
}
