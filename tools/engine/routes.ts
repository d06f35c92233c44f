import { type Context, Hono } from 'hono'
import { STATUS_NAMES, type StatusName } from '../../src/trading/index.ts'
import { complain, describeFailure } from '../support/failure.ts'
import type { AdminToken } from './admin-token.ts'
import { draftAudit, draftFill, draftOrder } from './drafts.ts'
import { healthOf } from './health.ts'
import { requireOwnHost } from './host-header.ts'
import type { HttpEnvironment } from './http-environment.ts'
import { refusalOf, refuse } from './http-refusal.ts'
import { readJson } from './json-body.ts'
import { digestOf, listOrders, listPositions } from './listings.ts'
import type { OrderEngine } from './order-engine.ts'
import { queryOf } from './query.ts'
import { takeEvents } from './take-events.ts'

type Handler = (context: Context<HttpEnvironment>) => Response | Promise<Response>

/** The engine's requests, and who answers them. */
export function routesOf(engine: OrderEngine, token: AdminToken): Hono<HttpEnvironment> {
  const app = new Hono<HttpEnvironment>()
  app.use(async (context, next) => {
    requireOwnHost(context.env.incoming)
    // Else a client that keeps its connection could go on for ever.
    if (engine.isStopping) context.header('Connection', 'close')
    await next()
  })
  const answer = (method: 'GET' | 'POST', path: string, handler: Handler): void => {
    app.on(method, path, handler)
    app.all(path, () => {
      throw refuse(405, `${path} is for ${method}`)
    })
  }
  answer('POST', '/orders', (context) => takeEvents(context, engine, draftOrder))
  answer('POST', '/fills', (context) => takeEvents(context, engine, draftFill))
  answer('POST', '/audit', (context) => takeEvents(context, engine, draftAudit))
  answer('POST', '/api/flush', (context) => flush(context, engine))
  answer('GET', '/health', (context) => health(context, engine))
  answer('GET', '/api/orders_state', (context) => orders(context, engine))
  answer('GET', '/api/positions', (context) => context.json(listPositions(engine)))
  answer('GET', '/api/digest', (context) => context.json(digestOf(engine)))
  answer('POST', '/api/admin/readonly', (context) =>
    switchMode(context, engine, token, async () => engine.setReadOnly()),
  )
  answer('POST', '/api/admin/readwrite', (context) =>
    switchMode(context, engine, token, (options) => engine.setReadWrite(options)),
  )
  app.notFound((context) => {
    const { status, body } = refusalOf(refuse(404, 'there is nothing here'))
    return context.json(body, status)
  })
  app.onError(refuseByError)
  return app
}

function refuseByError(error: Error, context: Context): Response {
  const { status, body } = refusalOf(error)
  if (status === 500) complain(describeFailure(error))
  if (status === 401) context.header('WWW-Authenticate', 'Bearer')
  // What was not read of the body must not be taken for the next request.
  if (status === 413 || status === 415) context.header('Connection', 'close')
  return context.json(body, status)
}

async function flush(context: Context<HttpEnvironment>, engine: OrderEngine): Promise<Response> {
  await readJson(context.env.incoming)
  return context.json({ lsn: await engine.flush(), durable: true })
}

/** Monitors look at the status alone. */
async function health(context: Context<HttpEnvironment>, engine: OrderEngine): Promise<Response> {
  const report = await healthOf(engine)
  return context.json(report, report['state'] === 'ready' ? 200 : 503)
}

const ROWS_DEFAULT = 1000
const ROWS_MAX = 10_000

function orders(context: Context<HttpEnvironment>, engine: OrderEngine): Response {
  const { status, limit = String(ROWS_DEFAULT) } = queryOf(context, ['status', 'limit'])
  if (status !== undefined && !STATUS_NAMES.some((name) => name === status)) {
    throw refuse(400, `status: allowed are ${STATUS_NAMES.join(', ')}`, { field: 'status', allowed: STATUS_NAMES })
  }
  if (!/^\d{1,5}$/.test(limit) || Number(limit) > ROWS_MAX) {
    throw refuse(400, `limit: allowed is an integer from 0 to ${ROWS_MAX}`, { field: 'limit' })
  }
  return context.json(listOrders(engine, status as StatusName | undefined, Number(limit)))
}

async function switchMode(
  context: Context<HttpEnvironment>,
  engine: OrderEngine,
  token: AdminToken,
  change: (options: object) => Promise<void>,
): Promise<Response> {
  token.require(context.req.header('authorization'))
  const options = (await readJson(context.env.incoming)) ?? {}
  if (typeof options !== 'object' || Array.isArray(options)) throw refuse(400, 'the body must be an object, or empty')
  await change(options)
  return context.json({ state: engine.state })
}
