import { RingwalError } from '../errors.ts'
import { parseBackupId } from './archive-names.ts'
import type { ArchiveTarget } from './archive-target.ts'
import { type ArchiveProblem, type Catalog, isProblem, loadCatalog, reasonOf } from './catalog.ts'
import { lsnsOf, type Manifest } from './manifest.ts'
import { readObject } from './stored-object.ts'

/** One line of a report: `<check>: PASS|FAIL: <message>`. */
export interface ArchiveCheck {
  /** Of a backup or of one object: its name; else what was looked at. */
  readonly check: string
  readonly pass: boolean
  readonly message: string
}

export interface ArchiveVerification {
  readonly archive: string
  readonly ok: boolean
  readonly checks: readonly ArchiveCheck[]
  readonly backups: number
  readonly backupsPassed: number
  /** Objects read, and their bytes as they are stored. */
  readonly objects: number
  readonly bytes: number
  /** Objects that no manifest names, of runs that died or are under way. */
  readonly leftovers: readonly string[]
}

/**
 * Reads every object of an archive, or of one backup, and holds it against its manifest. Changes nothing.
 * @throws ERR_RINGWAL_NOT_FOUND if there is no archive, or no such backup; ERR_RINGWAL_IO if the archive can not be listed
 */
export async function verifyArchive(target: ArchiveTarget, backup?: string): Promise<ArchiveVerification> {
  const catalog = await loadCatalog(target)
  if (backup !== undefined) requireBackup(target, catalog, backup)
  const wanted = catalog.manifests.filter(({ id }) => backup === undefined || id === backup)
  const run = new VerifyRun(target, catalog)
  run.tellOf(catalog.problems.filter((one) => backup === undefined || one.backup === parseBackupId(backup)))
  for (const manifest of wanted) await run.verify(manifest)
  if (backup === undefined) run.tellOfNames()
  return run.result(wanted.length)
}

/** @throws ERR_RINGWAL_NOT_FOUND */
export function requireBackup(target: ArchiveTarget, { manifests, problems }: Catalog, id: string): void {
  const sequence = parseBackupId(id)
  const isKnown = manifests.some((one) => one.id === id) || problems.some(({ backup }) => backup === sequence)
  if (sequence === undefined || !isKnown)
    throw new RingwalError('ERR_RINGWAL_NOT_FOUND', `there is no backup ${JSON.stringify(id)} in ${target.name}`, {
      id,
    })
}

class VerifyRun {
  private readonly checks: ArchiveCheck[] = []
  private readonly target: ArchiveTarget
  private readonly catalog: Catalog
  private readonly failed = new Set<string>()
  private passed = 0
  private objects = 0
  private bytes = 0

  constructor(target: ArchiveTarget, catalog: Catalog) {
    this.target = target
    this.catalog = catalog
  }

  tellOf(problems: readonly ArchiveProblem[]): void {
    for (const { object, reason } of problems) this.fail(object, reason)
  }

  async verify(manifest: Manifest): Promise<void> {
    let failed = this.catalog.problems.filter(({ backup }) => backup === manifest.sequence).length
    for (const object of [...manifest.parts, ...manifest.checkpoints]) {
      // What is missing, or of another length, is told already.
      if (this.failed.has(object.name)) continue
      this.objects++
      this.bytes += object.storedBytes
      try {
        for await (const _ of readObject(this.target, object));
      } catch (error) {
        if (!isProblem(error)) throw error
        failed++
        this.fail(object.name, reasonOf(error, object.name))
      }
    }
    if (failed === 0) this.passed++
    this.checks.push({ check: manifest.id, pass: failed === 0, message: describe(manifest, failed) })
  }

  /** A file that has nothing to do here is no backup's fault, but somebody should know. */
  tellOfNames(): void {
    const { strangers, manifests } = this.catalog
    for (const name of strangers) this.fail(name, 'no archive has such a name')
    const count = manifests.length
    if (strangers.length === 0)
      this.checks.push({ check: 'names', pass: true, message: `${count} manifests, no stranger` })
  }

  result(backups: number): ArchiveVerification {
    const { target, checks, passed: backupsPassed, objects, bytes } = this
    const leftovers = this.catalog.leftovers.map(({ name }) => name)
    const ok = checks.every(({ pass }) => pass)
    return { archive: target.name, ok, checks, backups, backupsPassed, objects, bytes, leftovers }
  }

  private fail(check: string, message: string): void {
    this.failed.add(check)
    this.checks.push({ check, pass: false, message })
  }
}

function describe(manifest: Manifest, failed: number): string {
  const { kind, parts, checkpoints } = manifest
  const { first, last } = lsnsOf(manifest)
  const lsns = last >= first ? `LSN ${first} to ${last}` : 'no records'
  const objects = `of ${parts.length + checkpoints.length} objects`
  return `${kind}, ${lsns}, ${failed === 0 ? `all ${objects} verify` : `${failed} ${objects} can not be used`}`
}
