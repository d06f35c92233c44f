import { describe, expect, it, vi } from 'vitest'
import { MessageProducer, MessageQueue } from '../../src/ring/index.ts'
import { PARKED_AT } from '../../src/ring/layout.ts'
import { claimSlot, lookAtTail } from './ring-kit.ts'

const text = (message: Uint8Array | undefined): string =>
  message === undefined ? 'lost' : String.fromCharCode(...message)

function setUp(): { queue: MessageQueue; producer: MessageProducer; say: (...words: string[]) => void } {
  const queue = MessageQueue.create({ capacity: 4096 })
  const producer = new MessageProducer(queue.producerPort())
  const say = (...words: string[]): void => words.forEach((word) => void producer.send(Buffer.from(word)))
  return { queue, producer, say }
}

describe('receive', () => {
  it('goes on behind the message whose handler threw, wherever in the batch that was', () => {
    for (const bad of ['a', 'b', 'c']) {
      const { queue, say } = setUp()
      say('a', 'b', 'c')
      const heard: string[] = []
      const listen = (): number =>
        queue.receive((message, sequence) => {
          heard.push(text(message) + sequence)
          if (text(message) === bad) throw new Error('no')
        })
      expect(listen).toThrow('no')
      say('d')
      for (let more = listen(); more !== 0; more = listen());
      expect(heard).toEqual(['a1', 'b2', 'c3', 'd4'])
    }
  })

  it('keeps the rest of a batch from being overwritten after a handler threw', () => {
    const { queue, producer, say } = setUp()
    say('a', 'b', 'c')
    const refuse = (): void => {
      throw new Error('no')
    }
    expect(() => queue.receive(refuse)).toThrow('no')
    while (producer.trySend(Buffer.from('later')) !== undefined);
    const heard: string[] = []
    queue.receive((message) => heard.push(text(message)))
    expect(heard).toEqual(['b', 'c'])
  })

  it('makes the places of the dead free again', () => {
    const { queue } = setUp()
    for (let i = 0; i < 300; i++) {
      const port = queue.producerPort()
      new MessageProducer(port).send(Buffer.from('x'))
      queue.ring.revokeOwner(port.owner)
      expect(queue.receive(() => {})).toBe(1)
    }
  })

  it('gives the space back also after a handler threw', () => {
    const { queue, say } = setUp()
    for (let i = 0; i < 1000; i++) {
      say('message')
      const refuse = (): void => {
        throw new Error('no')
      }
      expect(() => queue.receive(refuse)).toThrow('no')
    }
  })

  it('reports a message whose producer died, with its sequence number, in its place', () => {
    const { queue, say } = setUp()
    const dead = queue.producerPort()
    say('a')
    claimSlot(queue.ring, lookAtTail(queue.ring), dead.owner & 63, 240)
    say('b')
    const heard: string[] = []
    const listen = (): number => queue.receive((message, sequence, tag) => heard.push(text(message) + sequence + tag))
    expect([listen(), listen()]).toEqual([1, 0])
    queue.ring.revokeOwner(dead.owner)
    expect([listen(), listen()]).toEqual([2, 0])
    expect(heard).toEqual(['a10', 'lost20', 'b30'])
  })

  it('waits for the time given, and not at all by default', () => {
    const { queue } = setUp()
    const started = performance.now()
    expect(queue.receive(() => {})).toBe(0)
    expect(performance.now() - started).toBeLessThan(20)
    expect(queue.receive(() => {}, 40)).toBe(0)
    expect(performance.now() - started).toBeGreaterThan(35)
  })

  it('finds the end of a closed queue once everything is received', () => {
    const { queue, say } = setUp()
    say('a')
    expect(queue.ended).toBe(false)
    queue.close()
    expect(queue.ended).toBe(false)
    expect(queue.receive(() => {}, 10_000)).toBe(1)
    expect(queue.ended).toBe(true)
    expect(queue.receive(() => {}, 10_000)).toBe(0)
  })

  it('does not sleep through a close that comes as it goes to sleep', () => {
    const { queue } = setUp()
    const store = vi.spyOn(Atomics, 'store')
    const closeFirst = (words: Int32Array, index: number, value: number): number => {
      store.mockRestore()
      queue.close()
      expect([index, value]).toEqual([PARKED_AT >> 2, 1])
      return Atomics.store(words, index, value)
    }
    store.mockImplementation(closeFirst as never)
    const started = performance.now()
    expect(queue.receive(() => {}, 5000)).toBe(0)
    expect(performance.now() - started).toBeLessThan(1000)
  })

  it('refuses a message that is larger than the queue takes', () => {
    const queue = MessageQueue.create({ capacity: 4096, maxMessageBytes: 24 })
    const producer = new MessageProducer(queue.producerPort())
    for (let i = 0; i < 3; i++) producer.send(new Uint8Array(24))
    queue.ring.words[queue.ring.base >> 2] = 56 // with its prefix, exactly two claims
    expect(() => queue.receive(() => {})).toThrow(expect.objectContaining({ code: 'ERR_RINGWAL_INTERNAL' }))
  })

  it('refuses bytes that no producer wrote', () => {
    for (const length of [5000, 3000, 100, -2, -1]) {
      const { queue, say } = setUp()
      say('a')
      queue.ring.words[queue.ring.base >> 2] = length
      const internal = expect.objectContaining({ code: 'ERR_RINGWAL_INTERNAL' })
      for (let i = 0; i < 2; i++) expect(() => queue.receive(() => {})).toThrow(internal)
    }
  })
})
