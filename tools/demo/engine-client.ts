import { RingwalError } from '../../src/errors.ts'
import type { EngineRecord } from './engine-record.ts'

export interface EngineDigest {
  readonly lsn: number
  readonly sha256: string
}

interface BatchAnswer {
  readonly results: readonly { readonly lsn?: number; readonly code?: string; readonly message?: string }[]
}

/** Talks to an engine. Rejects with a RingwalError where the engine refuses, and with a TypeError where it is gone. */
export class EngineClient {
  private readonly url: string

  constructor(url: string) {
    this.url = url
  }

  /** Has a batch of one path logged. @returns the LSNs @throws ERR_RINGWAL_INTERNAL if any of it is refused */
  async send(batch: readonly EngineRecord[], ack: 'accepted' | 'durable'): Promise<readonly number[]> {
    const { path } = batch[0]!
    const { results } = await this.post<BatchAnswer>(
      `${path}?ack=${ack}`,
      batch.map(({ value }) => value),
    )
    return results.map(({ lsn, code, message }, i) => {
      if (lsn !== undefined) return lsn
      throw refused(`${path} of ${JSON.stringify(batch[i]?.value)}`, `${code}: ${message}`)
    })
  }

  /** Makes all durable that was taken. */
  async flush(): Promise<void> {
    await this.post('/api/flush', undefined)
  }

  digest(): Promise<EngineDigest> {
    return this.request<EngineDigest>('/api/digest', {})
  }

  /** How many orders are not over. */
  async activeOrders(): Promise<number> {
    const { active } = await this.request<{ readonly active: number }>('/api/orders_state?limit=0', {})
    return active
  }

  /** Why it takes nothing. */
  async reasons(): Promise<string> {
    const answer = await fetch(`${this.url}/health`)
    const { reasons } = (await answer.json()) as { readonly reasons: readonly { readonly message: string }[] }
    return reasons.map(({ message }) => message).join('; ')
  }

  private post<Answer>(path: string, body: unknown): Promise<Answer> {
    const headers = { 'content-type': 'application/json' }
    return this.request(path, { method: 'POST', headers, body: JSON.stringify(body) ?? '' })
  }

  private async request<Answer>(path: string, init: RequestInit): Promise<Answer> {
    const answer = await fetch(this.url + path, init)
    const text = await answer.text()
    if (!answer.ok) throw refused(path, `${answer.status} ${text}`)
    return JSON.parse(text) as Answer
  }
}

function refused(what: string, why: string): RingwalError {
  return new RingwalError('ERR_RINGWAL_INTERNAL', `the engine refused ${what}: ${why}`)
}
