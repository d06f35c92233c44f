/** Whether a directory lies on a file system that only this machine can have mounted. */
import { statfsSync } from 'node:fs'

/** `f_type` of statfs(2), from linux/magic.h. What is not listed (NFS, SMB, FUSE, 9p, cluster disks) may be shared. */
const LOCAL_TYPES: ReadonlySet<number> = new Set([
  0xef53, // ext2, ext3, ext4
  0x58465342, // xfs
  0x9123683e, // btrfs
  0x2fc12fc1, // zfs
  0xf2f52010, // f2fs
  0xca451a4e, // bcachefs
  0x01021994, // tmpfs
  0x794c7630, // overlayfs
])

/** Linux only: the numbers mean something else on other systems. */
export function isLocalDisk(path: string): boolean {
  try {
    return LOCAL_TYPES.has(statfsSync(path).type >>> 0)
  } catch {
    return false
  }
}
