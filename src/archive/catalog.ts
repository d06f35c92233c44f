import { RingwalError } from '../errors.ts'
import { isIoError } from '../storage/io-error.ts'
import { isThinningName, manifestName, parseManifestName, parseObjectName } from './archive-names.ts'
import type { ArchiveTarget, StoredObject } from './archive-target.ts'
import { sha256Of } from './checked-lines.ts'
import { loadManifest, loadNote } from './load-manifest.ts'
import { lsnsOf, type Manifest, timesOf } from './manifest.ts'
import { NumberRanges } from './number-ranges.ts'

/** What is wrong with an object of an archive. */
export interface ArchiveProblem {
  readonly object: string
  readonly reason: string
  /** Number of the backup that it belongs to; undefined where that is not known. */
  readonly backup?: number
}

/** What an archive has, as far as its manifests and the list of its names tell. */
export interface Catalog {
  /** By rising number: those whose manifests verify, and that were not given up. */
  readonly manifests: readonly Manifest[]
  /** SHA-256 of all bytes of each of these manifests. */
  readonly digests: ReadonlyMap<number, string>
  /** Numbers of backups that a thinning gave up: they count no more, whatever of them is there. */
  readonly givenUp: NumberRanges
  /** What is there, by its name. */
  readonly stored: ReadonlyMap<string, StoredObject>
  readonly problems: readonly ArchiveProblem[]
  /** Objects of runs that died, or are under way, or were given up: no manifest names them. */
  readonly leftovers: readonly StoredObject[]
  /** Names that no archive gives. */
  readonly strangers: readonly string[]
}

/** A backup, for people and programs. Names are those of `--json`. */
export interface BackupSummary {
  readonly id: string
  readonly kind: Manifest['kind']
  /** ISO 8601. */
  readonly created: string
  /** LSNs that it holds itself; 0 both if it has none. */
  readonly firstLsn: number
  readonly lastLsn: number
  /** The lowest and the highest time of its records, ISO 8601 to the nanosecond. */
  readonly timeMin: string | null
  readonly timeMax: string | null
  readonly objects: number
  readonly checkpoints: readonly number[]
  /** Unpacked, and as they are stored. */
  readonly bytes: number
  readonly storedBytes: number
}

/** @throws ERR_RINGWAL_NOT_FOUND if there is no archive; ERR_RINGWAL_IO if it can not be listed */
export async function loadCatalog(target: ArchiveTarget): Promise<Catalog> {
  const catalog = await lookAt(target)
  // Objects come, and are given up, while a list is read page by page: what seems wrong is looked at a second time.
  return catalog.problems.length === 0 ? catalog : lookAt(target)
}

async function lookAt(target: ArchiveTarget): Promise<Catalog> {
  const stored = new Map((await target.list()).map((one) => [one.name, one]))
  const problems: ArchiveProblem[] = []
  const givenUp = await loadGivenUp(target, [...stored.keys()].filter(isThinningName), problems)
  const numbers = [...stored.keys()].flatMap((name) => parseManifestName(name) ?? [])
  const sequences = numbers.filter((number) => !givenUp.has(number)).sort((a, b) => a - b)
  const manifests: Manifest[] = []
  const digests = new Map<number, string>()
  for (const sequence of sequences) {
    const loaded = await loadOr(loadManifest, target, manifestName(sequence), problems)
    if (loaded === undefined) continue
    manifests.push(loaded.manifest)
    digests.set(sequence, sha256Of(loaded.bytes))
  }
  const known = new Set(sequences)
  const isMeant = (sequence: number): boolean => known.has(sequence) || givenUp.has(sequence)
  for (const manifest of manifests) problems.push(...brokenChain(manifest, sequences[0]!, isMeant, digests))
  const named = new Set(manifests.flatMap((one) => [...one.parts, ...one.checkpoints].map(({ name }) => name)))
  for (const manifest of manifests) problems.push(...missingObjects(manifest, stored))
  const { extra, leftovers, strangers } = unnamed(stored, named, manifests)
  return { manifests, digests, givenUp, stored, problems: [...problems, ...extra], leftovers, strangers }
}

/** Each thinning's note tells of those before it, which are removed behind it: there is more than one for a moment only. */
async function loadGivenUp(
  target: ArchiveTarget,
  notes: readonly string[],
  problems: ArchiveProblem[],
): Promise<NumberRanges> {
  let givenUp = new NumberRanges([])
  for (const name of notes) givenUp = givenUp.with((await loadOr(loadNote, target, name, problems)) ?? givenUp)
  return givenUp
}

async function loadOr<Loaded>(
  load: (target: ArchiveTarget, name: string) => Promise<Loaded>,
  target: ArchiveTarget,
  name: string,
  problems: ArchiveProblem[],
): Promise<Loaded | undefined> {
  try {
    return await load(target, name)
  } catch (error) {
    if (!isProblem(error)) throw error
    const backup = parseManifestName(name)
    problems.push({ object: name, reason: reasonOf(error, name), ...(backup === undefined ? {} : { backup }) })
    return undefined
  }
}

const PROBLEMS: readonly string[] = ['ERR_RINGWAL_DAMAGED', 'ERR_RINGWAL_FORMAT', 'ERR_RINGWAL_NOT_FOUND']
/** A disk that fails to read an object has lost it; a link, or what else is no file, is none. */
const LOST: readonly string[] = ['EIO', 'ELOOP', 'EISDIR', 'EINVAL', 'ENXIO']

/**
 * Whether an error says something of an object. That it can not be reached just now (no permission, no descriptor left, a
 * network that is down) says nothing of it, and must not cost its records.
 */
export function isProblem(error: unknown): error is RingwalError {
  return (error instanceof RingwalError && PROBLEMS.includes(error.code)) || isIoError(error, ...LOST)
}

export function reasonOf({ message }: RingwalError, name: string): string {
  return message.startsWith(`${name}: `) ? message.slice(name.length + 2) : message
}

/**
 * Each manifest names the one before it. The oldest that is there may have had some before it: they were given up.
 * @param isMeant whether a number has a manifest, or was given up
 */
function brokenChain(
  { sequence, previous }: Manifest,
  oldest: number,
  isMeant: (sequence: number) => boolean,
  digests: ReadonlyMap<number, string>,
): ArchiveProblem[] {
  const before = sequence - 1
  if (sequence === oldest) return []
  if (!isMeant(before))
    return [{ object: manifestName(before), reason: `it is missing: ${manifestName(sequence)} builds upon it` }]
  const digest = digests.get(before)
  if (digest === undefined || digest === previous?.sha256) return []
  const reason = `it says that another manifest than ${manifestName(before)} came before it`
  return [{ object: manifestName(sequence), reason, backup: sequence }]
}

function missingObjects(
  { parts, checkpoints, sequence: backup }: Manifest,
  stored: ReadonlyMap<string, StoredObject>,
): ArchiveProblem[] {
  return [...parts, ...checkpoints].flatMap(({ name: object, storedBytes }) => {
    const bytes = stored.get(object)?.bytes
    if (bytes === storedBytes) return []
    if (bytes === undefined) return [{ object, reason: 'it is missing', backup }]
    return [{ object, reason: `it has ${bytes} bytes where ${storedBytes} were stored`, backup }]
  })
}

/** Objects that no manifest names: of a backup that is whole, they are copies, or were renamed. */
function unnamed(
  stored: ReadonlyMap<string, StoredObject>,
  named: ReadonlySet<string>,
  manifests: readonly Manifest[],
): { extra: ArchiveProblem[]; leftovers: StoredObject[]; strangers: string[] } {
  const ids = new Map(manifests.map(({ id, sequence }) => [id, sequence]))
  const extra: ArchiveProblem[] = []
  const leftovers: StoredObject[] = []
  const strangers: string[] = []
  for (const [name, one] of stored) {
    if (named.has(name) || parseManifestName(name) !== undefined || isThinningName(name)) continue
    const known = parseObjectName(name)
    const backup = ids.get(known?.backup ?? '')
    if (known === undefined) strangers.push(name)
    else if (backup === undefined) leftovers.push(one)
    else extra.push({ object: name, reason: 'its manifest does not name it: it is a copy, or was renamed', backup })
  }
  return { extra, leftovers, strangers }
}

export function summaryOf(manifest: Manifest): BackupSummary {
  const { id, kind, createdMs, parts, checkpoints } = manifest
  const { first, last } = lsnsOf(manifest)
  const { min, max } = timesOf(manifest)
  const objects = [...parts, ...checkpoints]
  const lsns = last >= first ? { firstLsn: first, lastLsn: last } : { firstLsn: 0, lastLsn: 0 }
  return {
    ...{
      id,
      kind,
      created: new Date(createdMs).toISOString(),
      ...lsns,
      timeMin: timeText(min),
      timeMax: timeText(max),
    },
    objects: objects.length,
    checkpoints: checkpoints.map(({ lsn }) => lsn),
    bytes: objects.reduce((total, one) => total + one.bytes, 0),
    storedBytes: objects.reduce((total, one) => total + one.storedBytes, 0),
  }
}

/** ISO 8601 in UTC, to the nanosecond. @param time nanoseconds since the Unix epoch, below 2^64 */
export function timeText(time: bigint | null): string | null {
  if (time === null) return null
  const seconds = new Date(Number(time / 1_000_000_000n) * 1000).toISOString().slice(0, 19)
  return `${seconds}.${String(time % 1_000_000_000n).padStart(9, '0')}Z`
}
