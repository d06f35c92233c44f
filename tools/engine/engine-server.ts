import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import { RingwalError } from '../../src/errors.ts'
import type { AdminToken } from './admin-token.ts'
import type { EngineOptions } from './engine-options.ts'
import type { OrderEngine } from './order-engine.ts'
import { routesOf } from './routes.ts'

/** A client that is slower than this with a request is gone, or up to no good. */
const SERVER_OPTIONS = {
  headersTimeout: 5000,
  requestTimeout: 5000,
  connectionsCheckingInterval: 1000,
  keepAliveTimeout: 60_000,
}
const CONNECTIONS_MAX = 1000
/** How long requests that are being answered may take to end it, and how often to look whether they are. */
const STOP_MS_MAX = 10_000
const STOP_LOOK_MS = 20

/** An engine that can be reached. */
export class EngineServer {
  readonly url: string
  private readonly server: Server
  private readonly engine: OrderEngine
  /** Requests that are being read or answered. */
  private active = 0

  constructor(server: Server, engine: OrderEngine) {
    const { address, family, port } = server.address() as AddressInfo
    this.url = `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`
    this.server = server
    this.engine = engine
    server.on('request', (_, response) => {
      this.active++
      response.once('close', () => this.active--)
    })
  }

  /** Takes no more connections, and lets those end that are being answered, within ten seconds. */
  async stop(): Promise<void> {
    const { server, engine } = this
    engine.beginStopping()
    const closed = once(server, 'close')
    server.close()
    const look = setInterval(() => this.closeUnused(), STOP_LOOK_MS)
    const late = setTimeout(() => server.closeAllConnections(), STOP_MS_MAX)
    await closed
    clearInterval(look)
    clearTimeout(late)
  }

  /** Node does not take a connection for idle that has not sent a request yet, and once it closes no time-out ends it either. */
  private closeUnused(): void {
    if (this.active === 0) this.server.closeAllConnections()
    else this.server.closeIdleConnections()
  }
}

/** @throws ERR_RINGWAL_IO if the address can not be had */
export async function listen(
  engine: OrderEngine,
  { host, port }: EngineOptions,
  token: AdminToken,
): Promise<EngineServer> {
  const { fetch } = routesOf(engine, token)
  const server = createAdaptorServer({ fetch, serverOptions: SERVER_OPTIONS }) as Server
  server.maxConnections = CONNECTIONS_MAX
  try {
    server.listen(port, host)
    await once(server, 'listening')
  } catch (error) {
    const message = `can not listen on ${host}:${port}: ${(error as Error).message}`
    throw new RingwalError('ERR_RINGWAL_IO', message, { host, port }, error)
  }
  return new EngineServer(server, engine)
}
