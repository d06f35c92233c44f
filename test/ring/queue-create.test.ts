import { describe, expect, it } from 'vitest'
import { MessageProducer, MessageQueue, RingMemory } from '../../src/ring/index.ts'

const refusal = (option: string): object => expect.objectContaining({ code: 'ERR_RINGWAL_OPTION', option })
const input = expect.objectContaining({ code: 'ERR_RINGWAL_INPUT' })

describe('a message queue', () => {
  it.each([
    ['capacity', { capacity: 5000 }],
    ['capacity', {} as never],
    ['maxMessageBytes', { capacity: 4096, maxMessageBytes: 2041 }],
    ['maxMessageBytes', { capacity: 4096, maxMessageBytes: -1 }],
    ['maxMessageBytes', { capacity: 4096, maxMessageBytes: 1.5 }],
    ['maxMessageBytes', { capacity: 4096, maxMessageBytes: '100' as unknown as number }],
  ])('refuses the option %s: %o', (option, options) => {
    expect(() => MessageQueue.create(options)).toThrow(refusal(option))
  })

  it('takes messages of up to half its capacity, less the prefix', () => {
    expect(MessageQueue.create({ capacity: 4096 }).maxMessageBytes).toBe(2040)
    expect(MessageQueue.create({ capacity: 4096, maxMessageBytes: 100 }).maxMessageBytes).toBe(100)
    expect(MessageQueue.create({ capacity: 2 ** 27 }).maxMessageBytes).toBe(2 ** 26 - 16)
  })

  it('is attached with the limits that it was made with', () => {
    const queue = MessageQueue.create({ capacity: 4096, maxMessageBytes: 100 })
    expect(MessageQueue.attach(queue.memory).maxMessageBytes).toBe(100)
    expect(new MessageProducer(queue.producerPort()).maxMessageBytes).toBe(100)
  })

  it('is not attached to a ring that is none', () => {
    const rings = [RingMemory.create({ capacity: 4096 }), RingMemory.create({ capacity: 4096, userBytes: 8 })]
    for (const { memory } of rings) expect(() => MessageQueue.attach(memory)).toThrow(input)
    const { memory, ring } = MessageQueue.create({ capacity: 4096 })
    ring.words[(ring.userAt + 4) >> 2] = 2041
    expect(() => new MessageProducer({ memory, owner: 0 })).toThrow(input)
  })

  it('hands out 64 places', () => {
    const queue = MessageQueue.create({ capacity: 4096 })
    const ports = Array.from({ length: 64 }, () => queue.producerPort())
    const full = expect.objectContaining({ code: 'ERR_RINGWAL_THREADS' })
    expect(() => queue.producerPort()).toThrow(full)
    new MessageProducer(ports[5]!).close()
    expect(new MessageProducer(queue.producerPort()).send(new Uint8Array(3))).toBe(1)
  })
})
