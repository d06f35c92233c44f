/** A thread that is at work on segment 1, and finishes it only once the writer has said that it takes it. */
import { parentPort, workerData } from 'node:worker_threads'
import { RingMemory } from '../../src/ring/index.ts'
import { LogControl } from '../../src/wal/control.ts'

const MS_MAX = 10_000

const control = new LogControl(RingMemory.attach(workerData))
control.steward.setSpareBusy(1)
parentPort!.postMessage('busy')
const deadline = performance.now() + MS_MAX
while (control.steward.spareTaken !== 1 && performance.now() < deadline);
const wasTold = control.steward.spareTaken === 1
// Time for a writer that does not wait to go on.
Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50)
control.steward.spareMade = 1
control.steward.setSpareBusy(0)
parentPort!.postMessage(wasTold)
