import { createGunzip } from 'node:zlib'

/** Packed bytes given to zlib at once: at gzip's best rate, 1030 to 1, they unpack to 16 MiB. That bounds the memory. */
const SLICE_BYTES = 1 << 14
const CHUNK_BYTES = 1 << 17

export function isGzip(head: Uint8Array): boolean {
  return head[0] === 0x1f && head[1] === 0x8b
}

/**
 * Unpacks gzip, of one member or several. Zeros behind the last member are padding; anything else there is a fault.
 *
 * zlib is driven by hand, as its async iterator would drop what was unpacked before a fault.
 * @throws zlib's own errors, whose `code` begins with `Z_`
 */
export async function* unpackGzip(packed: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip({ chunkSize: CHUNK_BYTES })
  let unpacked: Uint8Array[] = []
  let fault: Error | undefined
  let isEnded = false
  gunzip.on('data', (chunk: Uint8Array) => unpacked.push(chunk))
  gunzip.on('error', (error) => {
    fault ??= error
  })
  gunzip.on('end', () => {
    isEnded = true
  })
  const taken = (): Uint8Array[] => {
    const chunks = unpacked
    unpacked = []
    return chunks
  }
  /** Neither `error` nor `end` lets the callback of a write be called. */
  const settled = (act: (done: () => void) => void): Promise<void> =>
    new Promise((resolve) => {
      const done = (): void => {
        gunzip.off('error', done).off('end', done)
        resolve()
      }
      gunzip.on('error', done).on('end', done)
      act(done)
    })
  try {
    for await (const slice of slices(packed)) {
      if (isEnded) refuseBehindEnd(slice)
      else await settled((done) => gunzip.write(slice, done))
      yield* taken()
      if (fault !== undefined) throw fault
    }
    if (!isEnded) await settled(() => gunzip.end())
    yield* taken()
    if (fault !== undefined) throw fault
  } finally {
    gunzip.destroy()
  }
}

async function* slices(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; at += SLICE_BYTES) yield chunk.subarray(at, at + SLICE_BYTES)
  }
}

function refuseBehindEnd(slice: Uint8Array): void {
  if (slice.every((byte) => byte === 0)) return
  throw Object.assign(new Error('there are bytes behind the end of the packed data'), { code: 'Z_DATA_ERROR' })
}
