import { MessageChannel, type MessagePort, receiveMessageOnPort } from 'node:worker_threads'
import { RingwalError } from '../errors.ts'
import type { RingMemory } from '../ring/index.ts'
import type { ProducerInvitation } from './protocol.ts'

/** Makes a place in the ring for one more thread. @returns the port to give to it, and the one that closes when it is gone */
export function invite(
  ring: RingMemory,
  settings: ProducerInvitation['settings'],
): { owner: number; port: MessagePort; lease: MessagePort } {
  const owner = ring.takeOwner()
  const { port1, port2 } = new MessageChannel()
  const invitation = { kind: 'ringwal-producer', memory: ring.memory, owner, settings } as const
  port2.postMessage(invitation satisfies ProducerInvitation)
  return { owner, port: port1, lease: port2 }
}

/** @throws ERR_RINGWAL_INPUT if the port is no such port, or was taken up before */
export function takeUp(port: MessagePort): ProducerInvitation {
  const invitation = receiveMessageOnPort(port)?.message as ProducerInvitation | undefined
  if (invitation?.kind === 'ringwal-producer') return invitation
  throw new RingwalError('ERR_RINGWAL_INPUT', 'the port does not come from wal.producer(), or was attached before', {})
}
