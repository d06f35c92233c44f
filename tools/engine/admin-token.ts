import { createHash, timingSafeEqual } from 'node:crypto'
import { refuse } from './http-refusal.ts'

const VARIABLE = 'RINGWAL_ADMIN_TOKEN'

/** The secret that an operator shows. Only its hash is kept: hashes are of one length, and can be compared in one time. */
export class AdminToken {
  private readonly hash: Buffer | undefined

  /** @param token undefined or empty: there is none, and nobody is let through */
  constructor(token: string | undefined) {
    this.hash = token === undefined || token === '' ? undefined : hashOf(token)
  }

  static fromEnvironment(): AdminToken {
    return new AdminToken(process.env[VARIABLE])
  }

  /** @param authorization the header @throws 403 if no token is set; 401 if it is not shown */
  require(authorization: string | undefined): void {
    if (this.hash === undefined) throw refuse(403, `the environment variable ${VARIABLE} of the engine is not set`)
    const [, shown = ''] = /^Bearer +(\S.*)$/i.exec(authorization ?? '') ?? []
    if (!timingSafeEqual(hashOf(shown), this.hash))
      throw refuse(401, 'Authorization: Bearer with the token is asked for')
  }
}

function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}
