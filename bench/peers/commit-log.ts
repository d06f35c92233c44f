import type { PeerLog } from './peer.ts'

/** A store that takes several records with one acknowledgement: a transaction, a batch, a write and a sync. */
export interface Commits {
  /** Takes so many of the payloads; done when they are acknowledged. */
  readonly commit: (records: number) => Promise<void> | void
  /** Records of one commit, when they are many. */
  readonly batch: number
  /** Commits under way at the same time, when they are many: 1 or more. */
  readonly inFlight?: number
  readonly close: () => Promise<void> | void
}

export function commitLog({ commit, batch, inFlight = 1, close }: Commits): PeerLog {
  const group = new GroupCommit(commit)
  return {
    async appendMany(records) {
      const underWay: (Promise<void> | void)[] = []
      for (let left = records; left > 0; left -= batch) {
        underWay.push(commit(Math.min(batch, left)))
        if (underWay.length >= inFlight) await underWay.shift()
      }
      await Promise.all(underWay)
    },
    appendOne: () => commit(1),
    appendAmongOthers: () => group.append(),
    close,
  }
}

interface Caller {
  resolve(): void
  reject(error: unknown): void
}

/** All who ask while one commit is under way are served by the next: what who shares such a store between callers writes. */
class GroupCommit {
  private readonly commit: Commits['commit']
  private callers: Caller[] = []
  private isRunning = false

  constructor(commit: Commits['commit']) {
    this.commit = commit
  }

  append(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.callers.push({ resolve, reject })
      if (this.isRunning) return
      this.isRunning = true
      setImmediate(() => void this.run())
    })
  }

  private async run(): Promise<void> {
    while (this.callers.length > 0) {
      const group = this.callers
      this.callers = []
      try {
        await this.commit(group.length)
        for (const caller of group) caller.resolve()
      } catch (error) {
        for (const caller of group) caller.reject(error)
      }
      // Those who were just served ask again before this.
      await new Promise((resolve) => setImmediate(resolve))
    }
    this.isRunning = false
  }
}
