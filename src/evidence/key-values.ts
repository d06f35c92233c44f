/** Evidence files: `key=value`, one a line. */
import { RingwalError } from '../errors.ts'
import { splitLines, strip } from '../foreign/python/python-text.ts'
import { decodeUtf8 } from '../foreign/python/python-utf8.ts'

/** Largest evidence file that is read, in bytes: a real one has less than 2 KiB. */
export const EVIDENCE_BYTES_MAX: number = 1 << 20

/** What an evidence file says. Of a key that stands there more than once, the last one counts. */
export type EvidenceValues = ReadonlyMap<string, string>

/** The reason for which evidence is refused. */
export function refusal(reason: string): RingwalError {
  return new RingwalError('ERR_RINGWAL_INPUT', reason)
}

/**
 * Takes an evidence file apart: at the first `=` of each line, without white space around key and value. Blank lines, lines that
 * begin with `#` and lines without a `=` say nothing.
 * @throws ERR_RINGWAL_INPUT for a line with an empty key, for what is no UTF-8 and for what is too long
 */
export function parseEvidence(bytes: Uint8Array): EvidenceValues {
  if (bytes.length > EVIDENCE_BYTES_MAX) throw refusal(`the file is longer than ${EVIDENCE_BYTES_MAX} bytes`)
  const decoded = decodeUtf8(bytes)
  if ('fault' in decoded) throw refusal(decoded.fault)
  const values = new Map<string, string>()
  for (const [index, raw] of splitLines(decoded.text).entries()) {
    const line = strip(raw)
    const at = line.indexOf('=')
    if (line.startsWith('#') || at < 0) continue
    const key = strip(line.slice(0, at))
    if (key === '') throw refusal(`line ${index + 1} has empty key`)
    values.set(key, strip(line.slice(at + 1)))
  }
  return values
}
