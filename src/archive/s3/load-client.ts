import type * as S3Sdk from '@aws-sdk/client-s3'
import { RingwalError } from '../../errors.ts'

const PACKAGE = '@aws-sdk/client-s3'

/**
 * The client's package, which is an optional peer: whoever keeps archives in directories does without.
 * @throws ERR_RINGWAL_OPTION if it is not installed, with the fact `package`
 */
export async function loadClient(): Promise<typeof S3Sdk> {
  try {
    return await import('@aws-sdk/client-s3')
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    const message = `an archive at s3:// needs the package ${PACKAGE}, which can not be loaded (${why}). Run: npm install ${PACKAGE}`
    throw new RingwalError('ERR_RINGWAL_OPTION', message, { option: 'archive', package: PACKAGE }, error)
  }
}
