import { resolve } from 'node:path'
import { optionError } from '../errors.ts'

/** Says where an archive is: the path of a directory. Can be cloned to another thread. */
export type TargetSpec = string

const URL_LIKE = /^[a-z][a-z0-9+.-]*:\/\//i

/**
 * Looks at what says where an archive is, before anything is opened; a relative path is made absolute, as who opens it may do so
 * later, and in another thread.
 * @param option named in the error
 * @throws ERR_RINGWAL_OPTION
 */
export function resolveTarget(option: string, spec: TargetSpec): TargetSpec {
  if (typeof spec !== 'string' || spec === '' || spec.includes('\0') || URL_LIKE.test(spec))
    throw optionError(option, spec, 'the path of a directory')
  return resolve(spec)
}
