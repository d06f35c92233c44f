import type { ArchiveTarget } from './archive-target.ts'

/** Stores what is in memory already. */
export function putBytes(target: ArchiveTarget, name: string, bytes: Uint8Array): Promise<'stored' | 'taken'> {
  return target.put(name, onePiece(bytes))
}

async function* onePiece(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}
