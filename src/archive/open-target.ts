import type { ArchiveTarget } from './archive-target.ts'
import { directoryTarget } from './directory-target.ts'
import { resolveTarget, type TargetSpec } from './target-spec.ts'

/**
 * The archive that is meant: the one place that knows of every kind of target. Nothing is made, or asked of a network, before the
 * target is used.
 * @param option named in the error
 * @throws ERR_RINGWAL_OPTION
 */
export async function openTarget(spec: TargetSpec, option = 'archive'): Promise<ArchiveTarget> {
  const place = resolveTarget(option, spec)
  if (typeof place === 'string') return directoryTarget(place)
  const { s3Target } = await import('./s3-target.ts')
  return s3Target(place)
}
