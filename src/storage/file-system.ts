/**
 * The file-system port: all that ringwal asks of an operating system, as blocking calls.
 *
 * The writer, the steward, recovery and the readers get one handed in, so that a test can own the disk: count the
 * calls, fail the Nth, or keep a model of what would survive a power cut. `node-file-system.ts` is the real one.
 *
 * Every method throws a `RingwalError` with code `ERR_RINGWAL_IO` and the facts `operation`, `file`, `errno` (a number),
 * `errnoName` (such as `EIO`, where the platform has a name for it) and, for reads and writes, `offset`.
 */
export interface FileSystem {
  /**
   * Opens a regular file and returns its descriptor. A symbolic link at the last component is refused (`ELOOP`; with
   * `create` it is `EEXIST`), and so is whatever else is no regular file: a directory (`EISDIR`), a FIFO or device
   * (`EINVAL`), a socket (`ENXIO`). It never waits for the other end of a FIFO.
   * - `read`: must exist.
   * - `write`: must exist; read and write.
   * - `create`: must not exist; made with mode 0600 whatever the umask; read and write.
   */
  open(path: string, how: 'read' | 'write' | 'create'): number
  close(file: number): void
  /**
   * Reads `length` bytes at `position` into `into` from index `at`; continues short reads.
   * @returns how many bytes were read: fewer than `length` only at the end of the file.
   */
  read(file: number, into: Uint8Array, at: number, length: number, position: number): number
  /**
   * Writes `length` bytes of `from`, starting at index `at`, to `position`. All or an error: a short count is
   * continued once it made progress, and an error after progress is thrown. `from` may view shared memory.
   */
  write(file: number, from: Uint8Array, at: number, length: number, position: number): void
  /** Makes the file's data, and the metadata needed to read it, durable. Never call it again after it threw. */
  syncData(file: number): void
  /** Makes data and all metadata durable. Never call it again after it threw. */
  syncAll(file: number): void
  truncate(file: number, size: number): void
  /** Facts of an open file. */
  stat(file: number): FileStat
  /** Facts of a path, not following a link; `undefined` where nothing is there. */
  statPath(path: string): FileStat | undefined
  /** The names in a directory, in no order. */
  list(directory: string): string[]
  /** Makes one directory, mode 0700 whatever the umask. @returns false if something is there already. */
  makeDirectory(path: string): boolean
  /** Removes an empty directory. */
  removeDirectory(path: string): void
  /** Moves a file; an existing target is replaced. */
  rename(from: string, to: string): void
  /** Gives a file one more name, which must not be taken (`EEXIST`). Some file systems have no such names: `EPERM`, `ENOTSUP`. */
  link(from: string, to: string): void
  remove(path: string): void
  /** Makes the entries of a directory durable. */
  syncDirectory(directory: string): void
  /** Bytes that an unprivileged process may still write on the file system that holds `path`. */
  freeBytes(path: string): number
}

export interface FileStat {
  readonly kind: 'file' | 'directory' | 'link' | 'other'
  /** Bytes. */
  readonly size: number
  /** Hard links; 0 once the last name is gone. */
  readonly links: number
  /** Device and inode, as one string to compare. */
  readonly identity: string
  /** Milliseconds since the epoch. */
  readonly modifiedMs: number
}
