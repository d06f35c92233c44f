import { fileURLToPath } from 'node:url'
import { cleanLogs } from './clean-logs.ts'
import { damagedLogs } from './damaged-logs.ts'
import type { Finding, GoldenLog } from './golden-log.ts'
import { harmedDirectories } from './harmed-directories.ts'
import { foreignVersionLogs, tornLogs } from './torn-logs.ts'

/** The folder of the golden logs in the sources. */
export const VECTORS: string = fileURLToPath(new URL('../../../format-spec/vectors/', import.meta.url))

export const MANIFEST = 'manifest.json'
export const VERIFY = 'verify.json'
export const DUMP = 'dump.jsonl'

/** What the manifest says of one golden log. */
export interface ManifestLog {
  readonly name: string
  /** One sentence. */
  readonly holds: string
  readonly shows: readonly Finding[]
  /** Exit codes of `ringwal verify` and `ringwal dump`. */
  readonly exitCodes: { readonly verify: number; readonly dump: number }
  readonly files: readonly { readonly path: string; readonly bytes: number; readonly sha256: string }[]
}

export interface Manifest {
  readonly format: 'ringwal'
  readonly version: 1
  readonly logs: readonly ManifestLog[]
  /** Classes of damage that no file in a repository can show, and why. */
  readonly notShown: readonly { readonly class: Finding; readonly why: string }[]
}

export const NOT_SHOWN: Manifest['notShown'] = [
  {
    class: 'unreadable',
    why: 'It is a read error of the disk, or a file that may not be opened; no file can carry that.',
  },
]

/** Every golden log, always the same, byte for byte. */
export function goldenLogs(): readonly GoldenLog[] {
  return [...cleanLogs(), ...tornLogs(), ...foreignVersionLogs(), ...damagedLogs(), ...harmedDirectories()]
}
