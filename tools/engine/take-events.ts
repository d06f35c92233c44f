import type { Context } from 'hono'
import { RingwalError } from '../../src/errors.ts'
import type { Draft } from './drafts.ts'
import type { HttpEnvironment } from './http-environment.ts'
import { type Refusal, type RefusalStatus, refusalOf, refuse } from './http-refusal.ts'
import { readJson } from './json-body.ts'
import type { OrderEngine, Taken } from './order-engine.ts'
import { queryOf } from './query.ts'

const BATCH_MAX = 1000

/**
 * Answers a request to record something: an object, or an array of them. One that is refused is answered by its error. Of an
 * array every one has its result, in order; the status is 200 (202) if all were taken, 207 if some were, and else that of the
 * first refusal.
 */
export async function takeEvents(
  context: Context<HttpEnvironment>,
  engine: OrderEngine,
  draft: (value: unknown) => Draft,
): Promise<Response> {
  const { ack = 'durable' } = queryOf(context, ['ack'])
  if (ack !== 'durable' && ack !== 'accepted') throw refuse(400, 'ack: allowed are durable and accepted')
  const body = await readJson(context.env.incoming)
  await engine.requireReady()
  const values = Array.isArray(body) ? body : [body]
  checkCount(values)
  const taken = engine.take(values, draft)
  const isDurable = ack === 'durable'
  if (isDurable) await becomeDurable(engine, taken)
  const accepted = isDurable ? 200 : 202
  const answers = taken.map((one) => answerTo(one, isDurable))
  const first = answers.find((answer): answer is Refusal => 'body' in answer)
  if (first?.body['code'] === 'ERR_RINGWAL_FULL') context.header('Retry-After', '1')
  if (!Array.isArray(body)) return first === undefined ? context.json(answers[0], accepted) : refused(context, first)
  const results = answers.map((answer) => ('body' in answer ? { status: answer.status, ...answer.body } : answer))
  return context.json({ results }, statusOfBatch(accepted, first, taken))
}

function checkCount(values: readonly unknown[]): void {
  if (values.length === 0 || values[0] === undefined) throw refuse(400, 'there is no event in the body')
  if (values.length <= BATCH_MAX) return
  const facts = { limit: BATCH_MAX }
  throw new RingwalError('ERR_RINGWAL_TOO_LARGE', `a batch may have ${BATCH_MAX} events, not ${values.length}`, facts)
}

/** Waits for the last: all before it are durable then. */
async function becomeDurable(engine: OrderEngine, taken: readonly Taken[]): Promise<void> {
  const lsn = taken.findLast((one) => typeof one === 'number')
  if (lsn !== undefined) await engine.durable(lsn)
}

function answerTo(one: Taken, durable: boolean): { readonly lsn: number; readonly durable: boolean } | Refusal {
  return typeof one === 'number' ? { lsn: one, durable } : refusalOf(one)
}

function statusOfBatch(
  accepted: 200 | 202,
  first: Refusal | undefined,
  taken: readonly Taken[],
): 200 | 202 | 207 | RefusalStatus {
  if (first === undefined) return accepted
  return taken.some((one) => typeof one === 'number') ? 207 : first.status
}

function refused(context: Context<HttpEnvironment>, { status, body }: Refusal): Response {
  return context.json(body, status)
}
