import { describe, expect, it } from 'vitest'
import { MessageProducer, MessageQueue } from '../../src/ring/index.ts'

function setUp(maxMessageBytes = 1000): { queue: MessageQueue; producer: MessageProducer } {
  const queue = MessageQueue.create({ capacity: 4096, maxMessageBytes, firstSequence: 100 })
  return { queue, producer: new MessageProducer(queue.producerPort()) }
}

const code = (name: string): object => expect.objectContaining({ code: name })

describe('send', () => {
  it('gives every message of every length its sequence number, and the receiver the same bytes', () => {
    const { queue, producer } = setUp()
    for (let length = 0; length <= 1000; length++) {
      const message = Uint8Array.from({ length }, (_, i) => (i * 31 + length) & 0xff)
      const sequence = producer.send(message, 0, 2 ** 32 - 1 - length)
      expect(sequence).toBe(100 + length)
      const taken = queue.receive((bytes, number, tag) => {
        expect(Buffer.compare(bytes!, message)).toBe(0)
        expect([number, tag]).toEqual([sequence, 2 ** 32 - 1 - length])
      })
      expect(taken).toBe(1)
    }
  })

  it('waits while the queue is full, then refuses; trySend refuses at once', () => {
    const { queue, producer } = setUp()
    let sent = 0
    while (producer.trySend(new Uint8Array(24)) !== undefined) sent++
    expect(sent).toBe(128)
    const started = performance.now()
    expect(() => producer.send(new Uint8Array(1), 30)).toThrow(code('ERR_RINGWAL_TIMEOUT'))
    expect(performance.now() - started).toBeGreaterThan(25)
    expect(queue.receive(() => {}) + queue.receive(() => {})).toBe(128)
    expect(producer.trySend(new Uint8Array(1))).toBe(228)
  })

  it('refuses what it can not send, and claims nothing for it', () => {
    const { queue, producer } = setUp()
    expect(() => producer.send(new Uint8Array(1001))).toThrow(code('ERR_RINGWAL_TOO_LARGE'))
    expect(() => producer.send('text' as never)).toThrow(code('ERR_RINGWAL_INPUT'))
    expect(() => producer.trySend(undefined as never)).toThrow(code('ERR_RINGWAL_INPUT'))
    for (const tag of [-1, 1.5, 2 ** 32, Number.NaN]) {
      expect(() => producer.send(new Uint8Array(1), 0, tag)).toThrow(code('ERR_RINGWAL_OPTION'))
    }
    expect(queue.receive(() => {})).toBe(0)
    expect(producer.send(new Uint8Array(1))).toBe(100)
  })

  it('takes a view on a part of a buffer, shared memory and a Buffer', () => {
    const { queue, producer } = setUp()
    const parts = [
      new Uint8Array([9, 1, 2, 9]).subarray(1, 3),
      new Uint8Array(new SharedArrayBuffer(2)),
      Buffer.from('hi'),
    ]
    for (const part of parts) producer.send(part)
    const received: number[][] = []
    queue.receive((message) => received.push([...message!]))
    expect(received).toEqual([
      [1, 2],
      [0, 0],
      [104, 105],
    ])
  })

  it('is refused by a closed producer, whose place another may have, and by a closed queue', () => {
    const { queue, producer } = setUp()
    producer.close()
    producer.close()
    expect(() => producer.send(new Uint8Array(1))).toThrow(code('ERR_RINGWAL_CLOSED'))
    const next = new MessageProducer(queue.producerPort())
    producer.close()
    expect(next.send(new Uint8Array(1))).toBe(100)
    queue.close()
    expect(() => next.send(new Uint8Array(1))).toThrow(code('ERR_RINGWAL_CLOSED'))
    expect(() => next.trySend(new Uint8Array(1))).toThrow(code('ERR_RINGWAL_CLOSED'))
  })
})
