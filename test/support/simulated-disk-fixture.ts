/** Short words for the tests of the simulated disk. */
import type { SimulatedDisk } from './simulated-disk.ts'

export function text(characters: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(characters)
}

/** A file's bytes as text. */
export function content(disk: SimulatedDisk, path: string): string {
  return new TextDecoder().decode(disk.readFile(path))
}

/** Writes one byte. */
export function overwrite(disk: SimulatedDisk, file: number, position: number, value: number): void {
  disk.write(file, Uint8Array.of(value), 0, 1, position)
}
