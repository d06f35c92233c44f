import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'
import { EVIDENCE_BYTES_MAX } from '../../src/evidence/key-values.ts'
import { quoted } from '../../src/foreign/python/python-text.ts'

/** What the system says of errors, in the words of Python. */
const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'Permission denied',
  EISDIR: 'Is a directory',
  EIO: 'Input/output error',
  EMFILE: 'Too many open files',
  EPERM: 'Operation not permitted',
}

export type FileInput =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'missing' }
  | { readonly kind: 'fault'; readonly reason: string }

/** Reads a small file, or a byte more than may be of a larger one. Never waits for the other end of a pipe. */
export function readInput(path: string, shownPath: string): FileInput {
  let file: number | undefined
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
    const stat = fstatSync(file)
    if (stat.isDirectory()) throw Object.assign(new Error(), { code: 'EISDIR', errno: -21 })
    if (!stat.isFile()) return { kind: 'fault', reason: `it is no regular file: ${quoted(shownPath)}` }
    const bytes = new Uint8Array(Math.min(stat.size, EVIDENCE_BYTES_MAX) + 1)
    let length = 0
    for (let read = -1; read !== 0 && length < bytes.length; length += read)
      read = readSync(file, bytes, length, bytes.length - length, null)
    return { kind: 'bytes', bytes: bytes.subarray(0, length) }
  } catch (error) {
    return faultOf(error as NodeJS.ErrnoException, path, shownPath)
  } finally {
    if (file !== undefined) closeSync(file)
  }
}

function faultOf({ code = '', errno = 0, message }: NodeJS.ErrnoException, path: string, shownPath: string): FileInput {
  const isMissing = ['ENOENT', 'ENOTDIR', 'ELOOP'].includes(code) || path.includes('\0')
  if (isMissing) return { kind: 'missing' }
  return { kind: 'fault', reason: `[Errno ${-errno}] ${REASONS[code] ?? message}: ${quoted(shownPath)}` }
}
