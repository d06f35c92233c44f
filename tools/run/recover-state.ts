import { MemoryState } from '../../src/foreign/recovery-service/index.ts'
import type { Fault } from '../../src/trading/event-fields.ts'
import { SERVICE_TABLE_NAMES } from '../../src/trading/service-columns.ts'
import type { ServiceFacts } from '../../src/trading/service-event.ts'
import { ServiceState } from '../../src/trading/service-state.ts'
import { jsonText } from '../service/json-text.ts'
import { FAULTS_SHOWN, isUpTo, readService } from '../service/service-source.ts'
import { SinceCheckpoint } from '../service/since-checkpoint.ts'
import { EXIT_FINE, EXIT_NO } from '../support/exit.ts'
import { complain } from '../support/failure.ts'
import { plural } from '../support/format.ts'
import type { Output } from '../support/output.ts'
import { printable } from '../support/printable.ts'

export interface RecoverStateFlags {
  /** Nanoseconds since 1970. */
  readonly timestamp?: bigint
  readonly sinceCheckpoint?: true
  readonly compat?: true
  readonly json?: true
}

/** Tables, and with `--compat` what the service kept in memory besides them. */
interface Recovered {
  readonly state: ServiceState
  readonly memory: MemoryState | undefined
}

export async function recoverState(path: string, flags: RecoverStateFlags, output: Output): Promise<number> {
  const { timestamp, compat = false as const } = flags
  const recovered: Recovered = { state: new ServiceState(), memory: compat ? new MemoryState() : undefined }
  const take = (event: ServiceFacts): Fault | undefined => {
    if (!isUpTo(event.createdAt, timestamp, compat)) return undefined
    recovered.memory?.apply(event)
    return recovered.state.take(event, 0)
  }
  const window = flags.sinceCheckpoint ? new SinceCheckpoint() : undefined
  const { faults: found } = await readService(path, {
    onEvent: window === undefined ? take : (event) => window.add(event),
  })
  const faults = [...found]
  for (const event of window?.events() ?? []) {
    const fault = take(event)
    if (fault !== undefined && faults.length < FAULTS_SHOWN) faults.push(fault.message)
  }
  for (const line of linesOf(recovered, flags)) output.line(printable(line))
  await output.flush()
  for (const fault of faults) complain(printable(fault))
  return faults.length === 0 ? EXIT_FINE : EXIT_NO
}

function* linesOf({ state, memory }: Recovered, { json }: RecoverStateFlags): Generator<string> {
  const tables = new Map(SERVICE_TABLE_NAMES.map((name) => [name, state.rows(name)]))
  const { events, ignored } = state.counts
  if (memory !== undefined) yield jsonText({ tables, in_memory_state: memory.result() })
  else if (json) yield jsonText({ events, ignored, tables })
  else {
    yield `${plural(events, 'event')} applied, ${ignored} of other kinds`
    for (const [name, rows] of tables) yield `${name.padEnd(12)}  ${plural(rows.length, 'row')}`
  }
}
