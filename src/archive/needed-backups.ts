import type { Catalog } from './catalog.ts'
import type { Manifest, Place } from './manifest.ts'
import { choosePlan, type RestorePlan } from './restore-plan.ts'

/** What thinning has to know of an archive's backups before it takes one away: which can be restored, and by what. */
export class Lineage {
  /** Backups that can be restored, as far as manifests and the list of objects tell; by rising number. */
  readonly sound: readonly Manifest[]
  /** Numbers of those that can not, and of manifests that can not be read. */
  readonly unsound: readonly number[]
  private readonly manifests: readonly Manifest[]
  private readonly broken: ReadonlySet<number>
  /** Of sound backups: the one that each builds upon, undefined for a full one. */
  private readonly before = new Map<Manifest, Manifest | undefined>()

  constructor({ manifests, problems }: Pick<Catalog, 'manifests' | 'problems'>) {
    this.manifests = manifests
    this.broken = new Set(problems.flatMap(({ backup }) => backup ?? []))
    const endsAt = new Map<string, Manifest>()
    for (const one of manifests) {
      // The newest that ends there: a full backup rather than the increment before it, and one of checkpoints alone too.
      const before = one.start === null ? undefined : endsAt.get(keyOf(one, one.start))
      if (this.broken.has(one.sequence) || (one.start !== null && before === undefined)) continue
      this.before.set(one, before)
      endsAt.set(keyOf(one, one.end), one)
    }
    this.sound = [...this.before.keys()]
    const sound = new Set(this.sound.map(({ sequence }) => sequence))
    const known = new Set([...manifests.map(({ sequence }) => sequence), ...this.broken])
    this.unsound = [...known].filter((sequence) => !sound.has(sequence)).sort((a, b) => a - b)
  }

  /**
   * Numbers of the backups that a sound one needs to be restored, itself among them: back to the nearest full one. Where that does
   * not begin with the log, and has no checkpoint of what came before, the way that a restore would take is needed as well.
   */
  neededFor(backup: Manifest): number[] {
    const chain = this.chainTo(backup)
    const isComplete = this.planTo(backup, [...chain].reverse())?.isComplete === true
    const older = this.manifests.filter(({ sequence }) => sequence <= backup.sequence)
    const way = isComplete ? undefined : this.planTo(backup, older)
    return [...chain, ...(way?.backups ?? [])].map(({ sequence }) => sequence)
  }

  /**
   * Numbers of all from the full backup before it to one that can not be used. What it lacks may come back, from a mirror, and it
   * is of use again only with what it builds upon.
   */
  around(unsound: number): number[] {
    const full = this.manifests.findLast(({ kind, sequence }) => kind === 'full' && sequence <= unsound)
    const first = full?.sequence ?? 0
    return this.manifests.map(({ sequence }) => sequence).filter((sequence) => first <= sequence && sequence <= unsound)
  }

  private chainTo(backup: Manifest): Manifest[] {
    const chain = [backup]
    for (let one = this.before.get(backup); one !== undefined; one = this.before.get(one)) chain.push(one)
    return chain
  }

  private planTo({ end }: Manifest, among: readonly Manifest[]): RestorePlan | undefined {
    return choosePlan(among, { kind: 'lsn', lsn: end.lsn }, { backups: this.broken, objects: new Set() })
  }
}

function keyOf({ logId }: Manifest, { segment, offset, lsn, frame, check }: Place): string {
  return [logId, segment, offset, lsn, frame, check].join()
}
