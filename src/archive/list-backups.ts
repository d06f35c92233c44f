import type { ArchiveTarget } from './archive-target.ts'
import { type ArchiveProblem, type BackupSummary, loadCatalog, summaryOf } from './catalog.ts'

/** What an archive says that it has. Objects were not read. */
export interface BackupListing {
  readonly archive: string
  /** The newest first. */
  readonly backups: readonly (BackupSummary & { readonly ok: boolean })[]
  readonly problems: readonly ArchiveProblem[]
}

/**
 * Lists backups. One is `ok` if its manifest verifies and its objects are there, in their length.
 * @param sinceMs only those made since then: milliseconds since the Unix epoch
 * @throws ERR_RINGWAL_NOT_FOUND if there is no archive; ERR_RINGWAL_IO if it can not be listed
 */
export async function listBackups(target: ArchiveTarget, sinceMs = 0): Promise<BackupListing> {
  const { manifests, problems } = await loadCatalog(target)
  const broken = new Set(problems.map(({ backup }) => backup))
  const backups = manifests
    .filter(({ createdMs }) => createdMs >= sinceMs)
    .map((manifest) => ({ ...summaryOf(manifest), ok: !broken.has(manifest.sequence) }))
  return { archive: target.name, backups: backups.reverse(), problems }
}
