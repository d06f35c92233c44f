import { RingwalError } from '../errors.ts'
import { fitsLabel, HEADER_PAGE_BYTES } from '../format/index.ts'
import { manifestName, objectName, parseBackupId, parseObjectName } from './archive-names.ts'
import { decodeLines, type Fields, isFields } from './checked-lines.ts'
import {
  type CheckpointEntry,
  MANIFEST_FORMAT,
  MANIFEST_VERSION,
  type Manifest,
  type PartEntry,
  type Place,
} from './manifest.ts'

/** A manifest tells of 1,000 objects at most, of some 400 bytes each. */
export const MANIFEST_BYTES_MAX: number = 4 << 20

/**
 * A manifest, held against its own check, its name, and itself: its parts follow one another without a gap.
 * @throws ERR_RINGWAL_DAMAGED, with the name as the fact `object`; ERR_RINGWAL_FORMAT for a later version
 */
export function decodeManifest(bytes: Uint8Array, sequence: number): Manifest {
  const name = manifestName(sequence)
  const fail = (reason: string): never => {
    throw new RingwalError('ERR_RINGWAL_DAMAGED', `${name}: ${reason}`, { object: name })
  }
  const fields = decodeLines(bytes, MANIFEST_FORMAT, 'manifest', fail)
  if (fields['version'] !== MANIFEST_VERSION) {
    const message = `${name} is of a version that this release does not read`
    throw new RingwalError('ERR_RINGWAL_FORMAT', message, { object: name, supported: MANIFEST_VERSION })
  }
  const manifest = new ManifestReader(fail).manifest(fields)
  if (manifest.sequence !== sequence) fail(`it is the manifest of backup ${manifest.id}`)
  const wrong = contradictionIn(manifest)
  return wrong === undefined ? manifest : fail(wrong)
}

const HEX = { log: /^[0-9a-f]{32}$/, sha256: /^[0-9a-f]{64}$/, check: /^[0-9a-f]{16}$/ }

/** Takes each field by its kind. Who can write manifests can write what he likes: nothing is used that was not looked at. */
class ManifestReader {
  private readonly fail: (reason: string) => never

  constructor(fail: (reason: string) => never) {
    this.fail = fail
  }

  manifest(fields: Fields): Manifest {
    const id = this.text(fields, 'id')
    const sequence = this.number(fields, 'sequence', 1)
    if (parseBackupId(id) !== sequence) this.fail('its id is not that of its number')
    const { previous, start } = fields
    return {
      id,
      sequence,
      createdMs: this.number(fields, 'createdMs', 0, 8.64e15),
      logId: this.text(fields, 'logId', HEX.log),
      kind: this.text(fields, 'kind', /^(full|incremental)$/) as Manifest['kind'],
      previous: previous === null ? null : this.previous(this.fields(previous, 'previous')),
      start: start === null ? null : this.place(this.fields(start, 'start')),
      end: this.place(this.fields(fields['end'], 'end')),
      parts: this.list(fields, 'parts').map((part, i) => this.part(part, id, i)),
      checkpoints: this.list(fields, 'checkpoints').map((one) => this.checkpoint(one, id)),
      storedCheckpoints: this.numbers(fields, 'storedCheckpoints'),
    }
  }

  private previous(fields: Fields): Manifest['previous'] {
    return { id: this.text(fields, 'id'), sha256: this.text(fields, 'sha256', HEX.sha256) }
  }

  private place(fields: Fields): Place {
    return {
      segment: this.number(fields, 'segment', 1),
      offset: this.number(fields, 'offset', HEADER_PAGE_BYTES),
      lsn: this.number(fields, 'lsn', 0),
      frame: this.number(fields, 'frame', 0),
      check: BigInt(`0x${this.text(fields, 'check', HEX.check)}`),
    }
  }

  private part(fields: Fields, id: string, index: number): PartEntry {
    const object = this.object(fields, id)
    if (parseObjectName(object.name)?.index !== index + 1) this.fail(`${object.name} is not where it belongs`)
    const [timeMin, timeMax] = [this.time(fields, 'timeMin'), this.time(fields, 'timeMax')]
    return {
      ...object,
      kind: this.text(fields, 'kind', /^(segment|increment)$/) as PartEntry['kind'],
      segment: this.number(fields, 'segment', 1),
      from: this.number(fields, 'from', 0),
      to: this.number(fields, 'to', HEADER_PAGE_BYTES),
      firstLsn: this.number(fields, 'firstLsn', 1),
      lastLsn: this.number(fields, 'lastLsn', 0),
      timeMin,
      timeMax,
    }
  }

  private checkpoint(fields: Fields, id: string): CheckpointEntry {
    const label = this.text(fields, 'label')
    if (!fitsLabel(label)) this.fail('a label is too long')
    this.text(fields, 'kind', /^checkpoint$/)
    return { ...this.object(fields, id), kind: 'checkpoint', lsn: this.number(fields, 'lsn', 0), label }
  }

  private object(fields: Fields, id: string): Omit<CheckpointEntry, 'kind' | 'lsn' | 'label'> {
    const name = this.text(fields, 'name')
    const encoding = this.text(fields, 'encoding', /^(plain|gzip)$/) as CheckpointEntry['encoding']
    const known = parseObjectName(name)
    // The name is put together anew: it leads to a file.
    if (
      known === undefined ||
      name !== objectName(id, known.index, known.kind, encoding) ||
      known.kind !== fields['kind']
    )
      this.fail(`${JSON.stringify(name.slice(0, 80))} is no name of an object of this backup`)
    const storedBytes = this.number(fields, 'storedBytes', 1)
    const bytes = this.number(fields, 'bytes', 1)
    if (encoding === 'plain' ? storedBytes !== bytes : bytes > inflatedMax(storedBytes))
      this.fail(`${name} can not have ${bytes} bytes in ${storedBytes}`)
    return { name, encoding, sha256: this.text(fields, 'sha256', HEX.sha256), storedBytes, bytes }
  }

  private text(fields: Fields, name: string, pattern = /^/): string {
    const value = fields[name]
    return typeof value === 'string' && pattern.test(value) ? value : this.fail(`its field ${name} is none`)
  }

  private number(fields: Fields, name: string, min: number, max: number = Number.MAX_SAFE_INTEGER): number {
    const value = fields[name]
    const isIt = typeof value === 'number' && Number.isSafeInteger(value) && value >= min && value <= max
    return isIt ? value : this.fail(`its field ${name} is none`)
  }

  private time(fields: Fields, name: string): bigint | null {
    if (fields[name] === null) return null
    const time = BigInt(this.text(fields, name, /^\d{1,20}$/))
    return time < 2n ** 64n ? time : this.fail(`its field ${name} is none`)
  }

  private fields(value: unknown, name: string): Fields {
    return isFields(value) ? value : this.fail(`its field ${name} is none`)
  }

  private list(fields: Fields, name: string): Fields[] {
    const value = fields[name]
    return Array.isArray(value) ? value.map((one) => this.fields(one, name)) : this.fail(`its field ${name} is no list`)
  }

  private numbers(fields: Fields, name: string): number[] {
    const value = fields[name]
    const isIt = Array.isArray(value) && value.every((one) => Number.isSafeInteger(one) && one >= 0)
    return isIt ? value : this.fail(`its field ${name} is no list of LSNs`)
  }
}

/** Deflate makes a byte of 1,032 at most: what says to be more was made to fill a disk. */
function inflatedMax(storedBytes: number): number {
  return storedBytes * 1032
}

/** What of a manifest can not be true together; undefined if nothing. */
function contradictionIn({
  id,
  kind,
  start,
  end,
  parts,
  checkpoints,
  previous,
  sequence,
}: Manifest): string | undefined {
  if ((kind === 'full') !== (start === null)) return 'a full backup begins with the log, and no other does'
  if (previous !== null && parseBackupId(previous.id) !== sequence - 1) return 'it names no backup before it'
  const names = [...parts, ...checkpoints].map(({ name }) => name)
  if (new Set(names).size !== names.length) return `an object of ${id} is told twice`
  let [segment, offset, lsn] = [start?.segment ?? 0, start?.offset ?? 0, start?.lsn]
  for (const part of parts) {
    const goesOn = part.segment === segment && part.from === offset && part.from > 0
    const begins = part.from === 0 && (part.segment === segment + 1 || segment === 0)
    if (!goesOn && !begins) return `${part.name} does not go on where the one before it ends`
    if (lsn !== undefined && part.firstLsn !== lsn + 1)
      return `${part.name} begins at LSN ${part.firstLsn}, behind ${lsn}`
    if (part.to - part.from !== part.bytes || part.to % 8 !== 0) return `${part.name} is not as long as it says`
    if (part.lastLsn < part.firstLsn - 1) return `${part.name} ends before it begins`
    ;[segment, offset, lsn] = [part.segment, part.to, part.lastLsn]
  }
  if (segment !== end.segment || offset !== end.offset || lsn !== end.lsn)
    return 'it does not end where its last object does'
  return checkpoints.every((one) => one.lsn <= end.lsn) ? undefined : 'a checkpoint is ahead of it'
}
