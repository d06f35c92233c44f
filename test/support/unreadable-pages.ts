/** Read errors of a simulated disk. */
import type { DiskFaults } from './simulated-disk-faults.ts'

export const PAGE_BYTES = 4096

/** Every read that touches one of these pages of a file fails with EIO, as a whole. @param offsets where the pages begin */
export function unreadablePages(file: string, offsets: readonly number[], errno = 'EIO'): DiskFaults {
  return {
    onCall(operation, _, { path, offset = 0, length = 0 }) {
      if (operation !== 'read' || path !== file) return undefined
      const isHit = offsets.some((page) => page < offset + length && offset < page + PAGE_BYTES)
      return isHit ? { errno } : undefined
    },
  }
}
