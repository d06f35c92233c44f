import { randomBytes } from 'node:crypto'
import { optionError, RingwalError } from '../errors.ts'
import { isThinningName, parseManifestName, parseObjectName, thinningName } from './archive-names.ts'
import type { ArchiveTarget, StoredObject } from './archive-target.ts'
import { type ArchiveProblem, type BackupSummary, type Catalog, loadCatalog, summaryOf } from './catalog.ts'
import { type KeepPolicy, type KeepReason, keptBy, resolvePolicy } from './keep-policy.ts'
import type { Manifest } from './manifest.ts'
import { Lineage } from './needed-backups.ts'
import { NumberRanges } from './number-ranges.ts'
import { putBytes } from './put-bytes.ts'
import { encodeNote } from './thinning-note.ts'

export interface ThinOptions extends KeepPolicy {
  /** Only tell what would be given up. */
  readonly dryRun?: boolean
  /** Milliseconds since the Unix epoch; the clock's by default. */
  readonly now?: number
}

/** Why a backup stays: by the policy; or as another builds upon it; or as it can not be used, or that which it stands between. */
export type StayReason = KeepReason | 'needed' | 'unusable'

/** What was, or would be, given up. Names are those of `--json`. */
export interface ThinReport {
  readonly archive: string
  readonly dryRun: boolean
  /** The newest first, as are the others. */
  readonly kept: readonly (BackupSummary & { readonly reasons: readonly StayReason[] })[]
  readonly givenUp: readonly BackupSummary[]
  /** Objects, and their bytes as they were stored: of these backups, and left by runs that died. */
  readonly objects: number
  readonly bytes: number
  /** What of the archive can not be used. It stays as it is. */
  readonly problems: readonly ArchiveProblem[]
}

interface Plan {
  readonly catalog: Catalog
  readonly reasons: ReadonlyMap<number, readonly StayReason[]>
  readonly givenUp: readonly Manifest[]
  readonly objects: readonly StoredObject[]
}

const AT_A_TIME = 8

const KNOWN: readonly string[] = ['keepLast', 'keepDaily', 'keepMonthly', 'keepYearly', 'dryRun', 'now']

/**
 * Gives up the backups of an archive that a policy does not keep. What a kept one needs to be restored stays, and so does the newest
 * with what it builds upon. It may run beside an archiver, and may be ended at any moment: the next run goes on.
 *
 * @throws ERR_RINGWAL_OPTION; ERR_RINGWAL_NOT_FOUND if there is no archive; ERR_RINGWAL_IO
 */
export async function thinArchive(target: ArchiveTarget, options: ThinOptions): Promise<ThinReport> {
  if (typeof options !== 'object' || options === null) throw optionError('options', options, 'an object')
  for (const [name, value] of Object.entries(options))
    if (!KNOWN.includes(name)) throw optionError(name, value, `one of ${KNOWN.join(', ')}`)
  const { dryRun = false, now = Date.now() } = options
  if (typeof dryRun !== 'boolean') throw optionError('dryRun', dryRun, 'true, false')
  if (!Number.isSafeInteger(now) || now < 0) throw optionError('now', now, 'milliseconds since the Unix epoch')
  const plan = planThinning(await loadCatalog(target), resolvePolicy(options), now)
  if (!dryRun) await carryOut(target, plan, now)
  return reportOf(target, plan, dryRun)
}

function planThinning(catalog: Catalog, policy: Required<KeepPolicy>, now: number): Plan {
  const lineage = new Lineage(catalog)
  const reasons = new Map<number, StayReason[]>(keptBy(lineage.sound, policy, now))
  const stay = (sequence: number, reason: StayReason): void => {
    if (!reasons.has(sequence)) reasons.set(sequence, [reason])
  }
  const wanted = lineage.sound.filter(({ sequence }) => reasons.has(sequence))
  for (const one of wanted) for (const sequence of lineage.neededFor(one)) stay(sequence, 'needed')
  for (const one of lineage.unsound) for (const sequence of lineage.around(one)) stay(sequence, 'unusable')
  const givenUp = catalog.manifests.filter(({ sequence }) => !reasons.has(sequence))
  const named = new Set(givenUp.flatMap(({ parts, checkpoints }) => [...parts, ...checkpoints].map(({ name }) => name)))
  const own = [...catalog.stored.values()].filter(({ name }) => named.has(name))
  return { catalog, reasons, givenUp, objects: [...own, ...leftBehind(catalog)] }
}

/**
 * Objects that no manifest will ever name: of a number that was given up, or that another run's manifest has. Those of a higher
 * number may be of a backup that is under way, and those of a manifest that can not be read, or was lost, may be needed yet.
 */
function leftBehind({ leftovers, manifests, givenUp }: Catalog): StoredObject[] {
  const taken = new Set(manifests.map(({ sequence }) => sequence))
  return leftovers.filter(({ name }) => {
    const sequence = parseObjectName(name)!.sequence
    return givenUp.has(sequence) || taken.has(sequence)
  })
}

/**
 * In this order: the note, with which the backups count no more; their manifests, so that none is there whose objects are not;
 * their objects; the notes before. Whatever ends it, what is left is of no backup, and the next run takes it away.
 */
async function carryOut(target: ArchiveTarget, { catalog, givenUp, objects }: Plan, now: number): Promise<void> {
  const all = catalog.givenUp.with(NumberRanges.of(givenUp.map(({ sequence }) => sequence)))
  if (givenUp.length > 0) await putNote(target, catalog, now, all)
  const names = [...catalog.stored.keys()]
  const manifests = names.filter((name) => all.has(parseManifestName(name) ?? 0))
  await removeAll(target, manifests)
  await removeAll(
    target,
    objects.map(({ name }) => name),
  )
  // What one that can not be read tells is not in the new one.
  const unreadable = new Set(catalog.problems.map(({ object }) => object))
  const notes = names.filter((name) => isThinningName(name) && !unreadable.has(name))
  if (givenUp.length > 0) await removeAll(target, notes)
}

/** Some at a time: a store takes its time for each. @throws the first error, behind all that could be removed */
async function removeAll(target: ArchiveTarget, names: readonly string[]): Promise<void> {
  const rest = names.values()
  const runs = Array.from({ length: AT_A_TIME }, async () => {
    for (const name of rest) await target.remove(name)
  })
  for (const run of await Promise.allSettled(runs)) if (run.status === 'rejected') throw run.reason
}

async function putNote(
  target: ArchiveTarget,
  { manifests }: Catalog,
  now: number,
  givenUp: NumberRanges,
): Promise<void> {
  const name = thinningName(manifests.at(-1)!.sequence, randomBytes(8).toString('hex'))
  if ((await putBytes(target, name, encodeNote(now, givenUp))) === 'stored') return
  throw new RingwalError('ERR_RINGWAL_FENCED', `${target.name} has an object ${name} already`, { object: name })
}

function reportOf(target: ArchiveTarget, { catalog, reasons, givenUp, objects }: Plan, dryRun: boolean): ThinReport {
  const kept = catalog.manifests.filter(({ sequence }) => reasons.has(sequence))
  return {
    archive: target.name,
    dryRun,
    kept: kept.map((one) => ({ ...summaryOf(one), reasons: reasons.get(one.sequence)! })).reverse(),
    givenUp: givenUp.map(summaryOf).reverse(),
    objects: objects.length,
    bytes: objects.reduce((total, { bytes }) => total + bytes, 0),
    problems: catalog.problems,
  }
}
