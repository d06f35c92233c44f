import { digestOf, type Hasher, sharedHasher } from './check.ts'

/** XXH64 with seed 0 over bytes that come piece by piece. */
export class Digest {
  private readonly hasher: Hasher
  private state: Uint8Array

  /** @param hasher shared: what is known so far is kept outside of it */
  constructor(hasher: Hasher) {
    this.hasher = hasher
    this.state = hasher.init().save()
  }

  update(bytes: Uint8Array): void {
    this.state = this.hasher.load(this.state).update(bytes).save()
  }

  get value(): bigint {
    return digestOf(this.hasher.load(this.state))
  }
}

/** Makes digests, any number of which may be under way in this thread. */
export async function createDigests(): Promise<() => Digest> {
  const hasher = await sharedHasher()
  return () => new Digest(hasher)
}
