import { type ErrorRecord, errorFromRecord, type RingwalError } from '../errors.ts'
import { RingMemory, RingProducer } from '../ring/index.ts'
import { LogControl } from './control.ts'
import { CONTROL_BYTES, STATE_OBSERVING, STATE_OPEN, STATE_READ_ONLY } from './control-layout.ts'
import { describeObstacles, refusalFacts } from './obstacles.ts'
import type { OpenLog } from './open-log.ts'
import type { ResolvedOptions } from './options.ts'
import type { Observing, RecoveryReport } from './recovery-report.ts'
import { appenderSettings } from './start-log.ts'

/** A log without a writer: its ring is closed from the start, so that everything that appends is refused where it claims. */
export function stillLog(dir: string, options: ResolvedOptions, report: RecoveryReport): OpenLog {
  const { observing, provenLsn, lastLsn } = report
  const ring = RingMemory.create({ capacity: RING_BYTES_MIN, userBytes: CONTROL_BYTES, firstSequence: lastLsn + 1 })
  const why = observing === null ? readOnlyError(dir) : observingError(dir, observing)
  const state = observing === null ? STATE_READ_ONLY : STATE_OBSERVING
  const control = new StillControl(ring, why)
  control.initialize(provenLsn)
  control.moveState(STATE_OPEN, state)
  ring.close(state)
  return {
    threads: undefined,
    report,
    control,
    producer: RingProducer.first(ring, lastLsn + 1),
    settings: appenderSettings(options, false),
    lastLsn,
  }
}

const RING_BYTES_MIN = 4096

/** No other thread shares it, so its refusal need not go through the shared words, which have little room. */
class StillControl extends LogControl {
  private readonly why: ErrorRecord

  constructor(ring: RingMemory, why: ErrorRecord) {
    super(ring)
    this.why = why
  }

  override get failure(): RingwalError {
    return errorFromRecord(this.why)
  }
}

function readOnlyError(dir: string): ErrorRecord {
  const message = `${dir} is open to be read only: open it with another choice of recover to append`
  return { code: 'ERR_RINGWAL_READ_ONLY', message, facts: { dir } }
}

function observingError(dir: string, { reasons, since }: Observing): ErrorRecord {
  const facts = { ...refusalFacts(dir, reasons), since }
  const first = reasons[0]
  const why = first === undefined ? 'by wish' : `for ${describeObstacles(reasons)}`
  const way =
    first === undefined
      ? 'wal.resume() lets it take records'
      : `run: ${facts.command}; wal.resume() lets it take records once nothing stands in the way (${first.remedy})`
  const message = `${dir} is under observation since ${since}, ${why}; ${way}`
  return { code: 'ERR_RINGWAL_OBSERVING', message, facts }
}
