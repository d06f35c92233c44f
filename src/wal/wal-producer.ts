import type { MessagePort } from 'node:worker_threads'
import { RingMemory, RingProducer } from '../ring/index.ts'
import { Appender } from './appender.ts'
import { LogControl } from './control.ts'
import type { ProducerInvitation } from './protocol.ts'

/** A log in a further worker thread: appends like the one that opened it. */
export class WalProducer extends Appender {
  /** Its closing, by `detach` or by the end of this thread, gives the place in the ring back. */
  private readonly lease: MessagePort

  constructor(invitation: ProducerInvitation, lease: MessagePort) {
    const ring = RingMemory.attach(invitation.memory)
    super(new LogControl(ring), RingProducer.further(ring, invitation.owner), invitation.settings, lease)
    this.lease = lease
  }

  /** Gives this thread's place back. Append no more after it. What was appended stays accepted. */
  detach(): void {
    this.ringProducer.end()
    this.lease.close()
  }
}
