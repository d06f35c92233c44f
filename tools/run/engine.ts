import { AdminToken } from '../engine/admin-token.ts'
import type { EngineOptions } from '../engine/engine-options.ts'
import { type EngineServer, listen } from '../engine/engine-server.ts'
import { startEngine } from '../engine/start-engine.ts'
import { EXIT_FINE } from '../support/exit.ts'
import type { Output } from '../support/output.ts'
import { EndingSignals } from '../support/signals.ts'

/**
 * Runs an engine until a signal ends it, and then lets it end what it is at. One line of JSON on stdout tells when it can be
 * reached, and where. A second signal ends the process at once.
 */
export async function runEngine(dir: string, options: EngineOptions, output: Output): Promise<number> {
  const { engine, start } = await startEngine(dir, options)
  let server: EngineServer
  try {
    server = await listen(engine, options, AdminToken.fromEnvironment())
  } catch (error) {
    await engine.close()
    throw error
  }
  const ended = new Promise<void>((resolve) => {
    new EndingSignals(resolve)
  })
  output.line(JSON.stringify({ url: server.url, pid: process.pid, dir: engine.wal.dir, state: engine.state, ...start }))
  await output.flush()
  await ended
  await server.stop()
  await engine.close()
  return EXIT_FINE
}
