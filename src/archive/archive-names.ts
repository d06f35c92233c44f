/*
 * Names in an archive:
 *
 *   0000000042.manifest                               the 42nd backup: what it consists of
 *   0000000042-3fa9c1d2e4b57a60-000001.increment.gz   its first object
 *   └──────── backup id ──────┘ └ index
 *   0000000042-77ab0c19e24d8f35.thinning             up to the 42nd: which backups were given up
 *
 * The id's second half is drawn by lot: what a run leaves that died never stands in the way of the next one.
 */

export type ObjectKind = 'segment' | 'increment' | 'checkpoint'
export type Encoding = 'plain' | 'gzip'

export interface ObjectName {
  readonly backup: string
  readonly sequence: number
  readonly index: number
  readonly kind: ObjectKind
  readonly encoding: Encoding
}

const MANIFEST = /^(\d{10})\.manifest$/
const BACKUP = /^(\d{10})-[0-9a-f]{16}$/
const THINNING = /^(\d{10})-[0-9a-f]{16}\.thinning$/
const OBJECT = /^((\d{10})-[0-9a-f]{16})-(\d{6})\.(segment|increment|checkpoint)(\.gz)?$/

export const SEQUENCE_MAX = 9_999_999_999
export const INDEX_MAX = 999_999

/** @param drawn 16 hexadecimal digits */
export function backupId(sequence: number, drawn: string): string {
  return `${String(sequence).padStart(10, '0')}-${drawn}`
}

export function manifestName(sequence: number): string {
  return `${String(sequence).padStart(10, '0')}.manifest`
}

export function objectName(backup: string, index: number, kind: ObjectKind, encoding: Encoding): string {
  return `${backup}-${String(index).padStart(6, '0')}.${kind}${encoding === 'gzip' ? '.gz' : ''}`
}

/** @param sequence of the newest backup by then @param drawn 16 hexadecimal digits */
export function thinningName(sequence: number, drawn: string): string {
  return `${backupId(sequence, drawn)}.thinning`
}

/** Whether a name is of the pattern. Names come from manifests, too: no other leads to a file, or an object of a store. */
export function isArchiveName(name: string): boolean {
  return parseManifestName(name) !== undefined || isThinningName(name) || parseObjectName(name) !== undefined
}

export function isThinningName(name: string): boolean {
  return numberOf(THINNING.exec(name)?.[1]) !== undefined
}

/** The number of the backup that a manifest's name tells; undefined for any other name. */
export function parseManifestName(name: string): number | undefined {
  return numberOf(MANIFEST.exec(name)?.[1])
}

/** The number of a backup's id; undefined for any other text. */
export function parseBackupId(id: string): number | undefined {
  return numberOf(BACKUP.exec(id)?.[1])
}

export function parseObjectName(name: string): ObjectName | undefined {
  const [, backup, digits, index, kind, gz] = OBJECT.exec(name) ?? []
  const sequence = numberOf(digits)
  if (backup === undefined || sequence === undefined) return undefined
  const encoding = gz === undefined ? 'plain' : 'gzip'
  return { backup, sequence, index: Number(index), kind: kind as ObjectKind, encoding }
}

/** There is no backup 0. */
function numberOf(digits: string | undefined): number | undefined {
  return Number(digits ?? 0) || undefined
}
