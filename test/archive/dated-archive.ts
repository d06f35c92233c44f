/** A log that was archived over years, with a model beside it, and its archive thinned. */
import { type ArchiveOptions, type ArchiveReport, archive, archiveOptions } from '../../src/archive/archive-log.ts'
import { parseManifestName, parseObjectName } from '../../src/archive/archive-names.ts'
import type { ArchiveTarget } from '../../src/archive/archive-target.ts'
import { loadManifest } from '../../src/archive/load-manifest.ts'
import type { Manifest } from '../../src/archive/manifest.ts'
import { type ThinOptions, type ThinReport, thinArchive } from '../../src/archive/thin-archive.ts'
import { LOG_DIR } from '../support/log-harness.ts'
import type { SimulatedDisk } from '../support/simulated-disk.ts'
import { archivePorts, targetOn } from './archive-kit.ts'
import { ModelledLog } from './modelled-log.ts'

export const DAY_MS = 86_400_000

export type Step =
  | { readonly do: 'append'; readonly count: number }
  | { readonly do: 'archive'; readonly full: boolean; readonly compress: boolean }
  | { readonly do: 'wait'; readonly hours: number }
  | { readonly do: 'checkpoint' | 'retire' | 'reopen' | 'die' }

export class DatedArchive {
  readonly model: ModelledLog
  /** Milliseconds since the Unix epoch. */
  nowMs: number = Date.UTC(2023, 0, 1, 12)

  constructor(seed: number) {
    this.model = new ModelledLog(seed)
  }

  get disk(): SimulatedDisk {
    return this.model.disk
  }

  async take(step: Step): Promise<void> {
    const { model } = this
    if (step.do === 'append') for (let i = 0; i < step.count; i++) model.append()
    else if (step.do === 'archive') await this.archive({ full: step.full, compress: step.compress })
    else if (step.do === 'wait') this.nowMs += step.hours * 3_600_000
    else if (step.do === 'checkpoint' && model.lastLsn > 0) model.checkpoint()
    else if (step.do === 'retire') model.retire()
    else if (step.do === 'reopen') model.reopen('close')
    else if (step.do === 'die') await this.die()
  }

  /** Archives what is new, if there is anything. @param target another view of the disk's archive */
  archive(options: ArchiveOptions = {}, target?: ArchiveTarget): Promise<ArchiveReport | undefined> {
    const { model, disk, nowMs } = this
    if (model.lastLsn === 0) return Promise.resolve(undefined)
    const ports = { ...archivePorts(disk), now: () => nowMs }
    const all = archiveOptions({ ...options, durableLsn: model.log.durable })
    return archive(ports, LOG_DIR, target ?? targetOn(disk), all)
  }

  thin(options: ThinOptions, target: ArchiveTarget = targetOn(this.disk)): Promise<ThinReport> {
    return thinArchive(target, { now: this.nowMs, ...options })
  }

  /** A run that ends before its manifest. */
  private async die(): Promise<void> {
    this.model.append()
    await this.archive({}, withoutManifests(targetOn(this.disk))).catch(() => {})
  }
}

function withoutManifests(target: ArchiveTarget): ArchiveTarget {
  return {
    name: target.name,
    get: (name, bytesMax) => target.get(name, bytesMax),
    list: () => target.list(),
    remove: (name) => target.remove(name),
    put: async (name, pieces) => {
      if (parseManifestName(name) !== undefined) throw new Error('the power is gone')
      return target.put(name, pieces)
    },
  }
}

/** All manifests that are there, whatever a note says of them. */
export async function manifestsIn(target: ArchiveTarget): Promise<Manifest[]> {
  const names = (await target.list()).map(({ name }) => name).filter((name) => parseManifestName(name) !== undefined)
  return Promise.all(names.sort().map(async (name) => (await loadManifest(target, name)).manifest))
}

/** Objects that manifests name, and that are not there. */
export async function danglingIn(target: ArchiveTarget): Promise<string[]> {
  const there = new Set((await target.list()).map(({ name }) => name))
  const named = (await manifestsIn(target)).flatMap(({ parts, checkpoints }) => [...parts, ...checkpoints])
  return named.map(({ name }) => name).filter((name) => !there.has(name))
}

/** Names of objects that no manifest there names. */
export async function unnamedIn(target: ArchiveTarget): Promise<string[]> {
  const named = new Set(
    (await manifestsIn(target)).flatMap(({ parts, checkpoints }) => [...parts, ...checkpoints].map(({ name }) => name)),
  )
  const names = (await target.list()).map(({ name }) => name)
  return names.filter((name) => parseObjectName(name) !== undefined && !named.has(name))
}
