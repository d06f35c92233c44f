import { sep } from 'node:path'
import { optionError, RingwalError } from '../errors.ts'
import { createRestorePorts, type RestorePorts } from './archive-ports.ts'
import type { ArchiveTarget } from './archive-target.ts'
import { type Catalog, loadCatalog } from './catalog.ts'
import { placesFor, putInPlace, type RestorePlaces } from './put-in-place.ts'
import { planRestore, type RestoreOptions, type RestoreRequest, type RestoreTarget } from './restore-options.ts'
import type { PlainTarget } from './restore-plan.ts'
import type { RestoreReport } from './restore-report.ts'
import { RestoreRun } from './restore-run.ts'
import { newRestoreStaging, RESTORE_REPORT } from './restore-staging.ts'
import { requireBackup } from './verify-archive.ts'

/**
 * Makes a log as it was at a record: from the newest full backup at or before it whose objects verify, and the increments
 * behind it, the oldest first. What does not verify is told, and an older backup takes its place. The log is put together
 * under another name, cut right behind the last record, checked, and then put in place; what was there is kept aside. It can be
 * opened, and goes on with higher LSNs; its archive must be another one, as it is another history now.
 *
 * @throws ERR_RINGWAL_OPTION; ERR_RINGWAL_NOT_FOUND if there is no archive, or nothing of it that can be used reaches back to the
 *   target, or the LSN is not in it; ERR_RINGWAL_LOCKED if a writer has the output open; ERR_RINGWAL_DAMAGED if the restored log does
 *   not verify; ERR_RINGWAL_IO. Then nothing was changed, but for what an error that names two directories tells
 */
export async function restoreLog(target: ArchiveTarget, options: RestoreOptions): Promise<RestoreReport> {
  return restore(await createRestorePorts(), target, planRestore(options))
}

/** The same on any disk. */
export async function restore(
  ports: RestorePorts,
  archive: ArchiveTarget,
  request: RestoreRequest,
): Promise<RestoreReport> {
  const { output, dryRun } = request
  if (`${output}${sep}`.startsWith(`${archive.name}${sep}`) || `${archive.name}${sep}`.startsWith(`${output}${sep}`))
    throw optionError('output', output, 'a directory apart from the archive')
  const catalog = await loadCatalog(archive)
  const target = withoutId(archive, catalog, request.target)
  const run = new RestoreRun(ports, archive, catalog, request, target)
  const places = placesFor(ports, output, request.stagingDir)
  if (dryRun) return run.tryAll(undefined, { ...places, originals: undefined })
  const lock = places.originals === undefined ? undefined : await ports.lock(output)
  try {
    const report = await putTogether(ports, run, places)
    putInPlace(ports.fs, places, (originals) => lock?.movedTo(originals))
    return report
  } finally {
    await lock?.release()
  }
}

/** All of it is durable, under another name, when this resolves; nothing is left of it if it does not. */
async function putTogether(ports: RestorePorts, run: RestoreRun, places: RestorePlaces): Promise<RestoreReport> {
  const staging = newRestoreStaging(ports, places.staging)
  try {
    const report = await run.tryAll(staging, places)
    await staging.fill(RESTORE_REPORT, async (file) => {
      const bytes = Buffer.from(`${JSON.stringify(report, null, 2)}\n`)
      ports.fs.write(file, bytes, 0, bytes.length, 0)
    })
    staging.sync()
    return report
  } catch (error) {
    staging.remove()
    throw error
  }
}

/** A backup stands for the LSN that it ends with. */
function withoutId(archive: ArchiveTarget, catalog: Catalog, target: RestoreTarget): PlainTarget {
  if (target.kind !== 'backup') return target
  requireBackup(archive, catalog, target.id)
  const manifest = catalog.manifests.find(({ id }) => id === target.id)
  if (manifest !== undefined) return { kind: 'lsn', lsn: manifest.end.lsn }
  throw new RingwalError('ERR_RINGWAL_DAMAGED', `the manifest of backup ${target.id} does not verify`, {
    id: target.id,
  })
}
