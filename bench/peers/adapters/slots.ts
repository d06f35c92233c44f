import { closeSync, openSync, readSync } from 'node:fs'

const SLOTS_AT_ONCE = 4096

/** The records of a file that is nothing but records, up to one of zeros: those were made ahead. */
export function* readSlots(file: string, size: number): Generator<Uint8Array> {
  const fd = openSync(file, 'r')
  try {
    const bytes = Buffer.alloc(SLOTS_AT_ONCE * size)
    for (let length = readSync(fd, bytes); length > 0; length = readSync(fd, bytes)) {
      for (let at = 0; at < length; at += size) {
        const slot = bytes.subarray(at, Math.min(at + size, length))
        if (slot.every((byte) => byte === 0)) return
        yield slot
      }
    }
  } finally {
    closeSync(fd)
  }
}
