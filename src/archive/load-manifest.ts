import { RingwalError } from '../errors.ts'
import { parseManifestName } from './archive-names.ts'
import type { ArchiveTarget } from './archive-target.ts'
import type { Manifest } from './manifest.ts'
import type { NumberRanges } from './number-ranges.ts'
import { decodeManifest, MANIFEST_BYTES_MAX } from './read-manifest.ts'
import { decodeNote } from './thinning-note.ts'

/** @throws ERR_RINGWAL_DAMAGED, with its name as the fact `object`; ERR_RINGWAL_FORMAT; ERR_RINGWAL_IO */
export async function loadManifest(
  target: ArchiveTarget,
  name: string,
): Promise<{ readonly manifest: Manifest; readonly bytes: Uint8Array }> {
  const bytes = await loadLines(target, name)
  return { manifest: decodeManifest(bytes, parseManifestName(name)!), bytes }
}

/** Numbers of the backups that a note of a thinning tells of. @throws as `loadManifest` */
export async function loadNote(target: ArchiveTarget, name: string): Promise<NumberRanges> {
  return decodeNote(await loadLines(target, name), name)
}

async function loadLines(target: ArchiveTarget, name: string): Promise<Uint8Array> {
  const pieces: Uint8Array[] = []
  let length = 0
  for await (const piece of target.get(name, MANIFEST_BYTES_MAX)) {
    length += piece.length
    if (length > MANIFEST_BYTES_MAX)
      throw new RingwalError('ERR_RINGWAL_DAMAGED', `${name} is too long`, { object: name })
    pieces.push(piece)
  }
  return Buffer.concat(pieces)
}
