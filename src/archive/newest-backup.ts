import { RingwalError } from '../errors.ts'
import { manifestName, parseManifestName } from './archive-names.ts'
import type { ArchiveTarget } from './archive-target.ts'
import type { StoredBackup } from './backup-writer.ts'
import { sha256Of } from './checked-lines.ts'
import { loadManifest } from './load-manifest.ts'

/**
 * The newest backup of an archive; undefined if it has none, or is not there yet.
 * @throws ERR_RINGWAL_DAMAGED: upon a manifest that does not verify nothing is built; ERR_RINGWAL_IO
 */
export async function newestBackup(target: ArchiveTarget): Promise<StoredBackup | undefined> {
  const sequence = await newestNumber(target)
  if (sequence === 0) return undefined
  const { manifest, bytes } = await loadManifest(target, manifestName(sequence))
  return { manifest, sha256: sha256Of(bytes) }
}

/**
 * Makes sure that a backup counts that was stored just now. An archiver that was held up for long may find its number free again:
 * others used it, went on, and thinned the archive. Then there is a newer one, and what was stored is passed over.
 * @throws ERR_RINGWAL_FENCED; ERR_RINGWAL_IO
 */
export async function requireNewest(target: ArchiveTarget, { manifest }: StoredBackup): Promise<void> {
  const newest = await newestNumber(target)
  if (newest === manifest.sequence) return
  const message = `somebody else archives to ${target.name}, and came to backup ${newest} before ${manifest.id} was stored`
  throw new RingwalError('ERR_RINGWAL_FENCED', message, { object: manifestName(newest) })
}

/** 0 if there is none: an archive that is not there yet has nothing in it. */
async function newestNumber(target: ArchiveTarget): Promise<number> {
  try {
    const stored = await target.list()
    return stored.reduce((newest, { name }) => Math.max(newest, parseManifestName(name) ?? 0), 0)
  } catch (error) {
    if (error instanceof RingwalError && error.code === 'ERR_RINGWAL_NOT_FOUND') return 0
    throw error
  }
}
