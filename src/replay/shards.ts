/**
 * How records are dealt out: by key to shards, whose number is fixed, and shards to threads. So the states that are merged
 * in the end are the same ones for any number of threads.
 */

/** Shards of records with a key. Records without one have a shard of their own, the first. */
const KEYED_SHARDS = 16
export const SHARDS: number = 1 + KEYED_SHARDS

/** @param key 32 bits; 0 for none */
export function shardOf(key: number): number {
  return key === 0 ? 0 : 1 + (key % KEYED_SHARDS)
}

/** The thread that applies a shard's records, of so many threads. No more than SHARDS have any; the others only check. */
export function ownerOf(shard: number, owners: number): number {
  return shard % owners
}
