import type { IncomingMessage } from 'node:http'
import { refuse } from './http-refusal.ts'

/**
 * Refuses requests that were meant for somebody else. A page from the internet can have its own name resolve to the loopback
 * address (DNS rebinding), and its visitor's browser would then talk to the engine; but the browser puts that name there.
 * @throws 421
 */
export function requireOwnHost({ headers, socket }: IncomingMessage): void {
  const { localAddress = '', localPort } = socket
  const address = localAddress.includes(':') ? `[${localAddress}]` : localAddress
  const host = headers.host?.toLowerCase()
  const port = localPort === 80 ? ['', ':80'] : [`:${localPort}`]
  if (port.some((end) => host === `localhost${end}` || host === address + end)) return
  throw refuse(421, 'the Host header names another than this engine')
}
