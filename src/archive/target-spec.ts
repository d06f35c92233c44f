import { resolve } from 'node:path'
import { optionError } from '../errors.ts'
import { isS3Url, type ResolvedS3Spec, resolveS3Spec, type S3Spec } from './s3/s3-spec.ts'

/** Says where an archive is: the path of a directory, or `s3://bucket/prefix`. Can be cloned to another thread. */
export type TargetSpec = string | S3Spec

const URL_LIKE = /^[a-z][a-z0-9+.-]*:\/\//i

/**
 * Looks at what says where an archive is, before anything is opened; a relative path is made absolute, as who opens it may do so
 * later, and in another thread.
 * @param option named in the error
 * @returns the path of a directory, or a place in a store
 * @throws ERR_RINGWAL_OPTION
 */
export function resolveTarget(option: string, spec: TargetSpec): string | ResolvedS3Spec {
  if (isS3(spec)) return resolveS3Spec(option, spec)
  if (typeof spec !== 'string' || spec === '' || spec.includes('\0') || URL_LIKE.test(spec))
    throw optionError(option, spec, 'the path of a directory, or s3://bucket/prefix')
  return resolve(spec)
}

function isS3(spec: TargetSpec): boolean {
  return typeof spec === 'string' ? isS3Url(spec) : typeof spec === 'object' && spec !== null
}
