import type { HttpBindings } from '@hono/node-server'

/** What the handlers of requests get beside the request. */
export interface HttpEnvironment {
  readonly Bindings: HttpBindings
}
