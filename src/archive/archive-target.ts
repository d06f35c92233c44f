/**
 * The archive port: all that ringwal asks of a place where backups are kept. A directory is one (`directory-target.ts`), an
 * object store another (`s3-target.ts`): `put` is a conditional put (if-none-match) or a multipart upload that ends in one, `list`
 * goes from page to page.
 *
 * Names are those of `archive-names.ts`, without folders. Nothing is ever overwritten, and nothing is changed once it has its
 * name. Every method throws a `RingwalError`: ERR_RINGWAL_IO for what the system refused, with its facts.
 */
export interface ArchiveTarget {
  /** For messages. */
  readonly name: string
  /**
   * Stores an object, whole or not at all; it is durable when this resolves. Who reads it meanwhile finds nothing.
   * @param pieces are consumed one at a time; what they throw ends the upload, leaves nothing, and is thrown on
   * @returns `taken` if the name is another's already: that one stays as it is
   */
  put(name: string, pieces: AsyncIterable<Uint8Array>): Promise<'stored' | 'taken'>
  /**
   * The bytes of an object, piece by piece, each the reader's own.
   * @param bytesMax the most that it may have
   * @throws ERR_RINGWAL_NOT_FOUND; ERR_RINGWAL_DAMAGED, before the first byte, for one that is longer
   */
  get(name: string, bytesMax: number): AsyncIterable<Uint8Array>
  /** What is there, in no order: names that no archive gives as well. Uploads under way are left out. */
  list(): Promise<readonly StoredObject[]>
  /**
   * Takes an object away; it is gone for good when this resolves. Thinning alone does that. One that is not there is no error.
   */
  remove(name: string): Promise<void>
}

export interface StoredObject {
  readonly name: string
  readonly bytes: number
}
