/**
 * Bytes in parts of one length, as a multipart upload wants them: all but the last are of exactly so many bytes, which some stores
 * ask for. Pieces are copied, as whoever makes them may use their memory again.
 */
export async function* partsOf(pieces: AsyncIterable<Uint8Array>, partBytes: number): AsyncGenerator<Uint8Array, void> {
  let part = Buffer.allocUnsafe(partBytes)
  let filled = 0
  for await (const piece of pieces) {
    for (let from = 0; from < piece.length; ) {
      const taken = piece.subarray(from, from + partBytes - filled)
      part.set(taken, filled)
      filled += taken.length
      from += taken.length
      if (filled < partBytes) continue
      yield part
      part = Buffer.allocUnsafe(partBytes)
      filled = 0
    }
  }
  if (filled > 0) yield part.subarray(0, filled)
}
