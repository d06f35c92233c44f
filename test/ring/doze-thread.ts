/** Thread for dozing-consumer.test.ts: dozes once, takes what there is, and reports the bytes. */
import { parentPort, workerData } from 'node:worker_threads'
import { RingConsumer, RingMemory } from '../../src/ring/index.ts'
import type { SharedMemory } from '../../src/wasm.ts'

const ring = RingMemory.attach((workerData as { readonly memory: SharedMemory }).memory)
const consumer = new RingConsumer(ring)
consumer.doze(20_000, () => false)
const bytes = consumer.collect(ring.capacity)
consumer.release(2)
parentPort!.postMessage(bytes)
