import { frameBytes } from '../../src/format/index.ts'
import { measureAlone } from '../measure/isolate.ts'
import { referenceSize } from '../plan.ts'
import type { Step } from './section.ts'
import type { Workshop } from './workshop.ts'

const SECONDS_PER_BYTE = 5e-9

/** A log of `--log-bytes`, which several sections read and open: made once. */
export class BigLog {
  readonly dir: string
  readonly size: number
  readonly bytes: number
  /** To be done before the log is used. */
  readonly prepare: Step

  constructor(shop: Workshop, name: string) {
    this.size = referenceSize(shop.options)
    this.bytes = shop.options.logBytes
    this.dir = shop.place(name)
    this.prepare = {
      what: `a log of ${(this.bytes / 2 ** 20).toFixed(0)} MiB`,
      seconds: 1 + this.bytes * SECONDS_PER_BYTE,
      run: async () => {
        const { dir, size, bytes } = this
        await measureAlone<'make-log'>({ kind: 'make-log', dir, policy: 'interval', size, encoding: 'bytes', bytes })
      },
    }
  }

  get records(): number {
    return Math.floor(this.bytes / frameBytes(this.size))
  }
}
