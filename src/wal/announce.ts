/** What a log tells on `node:diagnostics_channel`: see `ChannelMessages`. */
import { publish } from './channels.ts'
import type { LogControl } from './control.ts'
import { STATE_CLOSED } from './control-layout.ts'
import type { RecoveryReport } from './recovery-report.ts'

/** To be called whenever a log has been opened, and when an observed one has been resumed. */
export function announceOpening(dir: string, report: RecoveryReport): void {
  const { mode, clean, firstLsn, lastLsn, damage, damageOmitted, tornTail, observing, elapsedMs } = report
  publish('ringwal:recovered', () => {
    const damaged = damage.length + damageOmitted
    return { dir, mode, clean, firstLsn, lastLsn, damaged, tornBytes: tornTail?.bytes ?? 0, elapsedMs }
  })
  const state = observing !== null ? 'observing' : mode === 'read-only' ? 'read-only' : 'open'
  publish('ringwal:open', () => ({ dir, state, lastLsn }))
}

/** To be called when the writer has ended: the log is closed, poisoned, or will be in a moment, as the steward learns of its death. */
export function announcePoison(dir: string, control: LogControl): void {
  control.enlist()
  const { event } = control
  const { failure } = control
  if (failure !== undefined) publish('ringwal:poisoned', () => ({ dir, error: failure }))
  else if (control.state !== STATE_CLOSED) control.waitEventAsync(event).then(() => announcePoison(dir, control))
}
