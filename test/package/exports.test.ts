import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { ROOT } from '../kernels/build-kernels.ts'

/** Runs a module text in a child process whose working directory is the project, and returns what it prints. */
function runModule(text: string): string {
  return execFileSync(process.execPath, ['--input-type=module', '-e', text], { cwd: ROOT, encoding: 'utf8' }).trim()
}

describe('the package', () => {
  it('gives its public names', () => {
    const names = runModule(`
      const main = await import('ringwal'), ring = await import('ringwal/ring'), format = await import('ringwal/format')
      const trading = await import('ringwal/trading'), foreign = await import('ringwal/foreign')
      const metrics = await import('ringwal/metrics'), archive = await import('ringwal/archive')
      console.log(JSON.stringify([typeof main.Wal.open, typeof main.readWal, typeof main.verifyLog, typeof ring.RingMemory.create, typeof format.SegmentScanner, typeof main.replay, typeof trading.TradingState, typeof foreign.readOrderJsonl, typeof metrics.metricsOf, typeof archive.restoreLog]))
    `)
    expect(JSON.parse(names)).toEqual(Array(10).fill('function'))
  })

  it('loads no native addon, with a log open, written, read and verified on a pool', () => {
    const loaded = runModule(`
      import { mkdtempSync, rmSync } from 'node:fs'
      import { createRequire } from 'node:module'
      const addons = []
      const dlopen = process.dlopen
      process.dlopen = (module, file, ...rest) => { addons.push(file); return dlopen(module, file, ...rest) }
      const { Wal, readWal, verifyLog } = await import('ringwal')
      const dir = mkdtempSync('/tmp/ringwal-addons-')
      const wal = await Wal.open({ dir, segmentBytes: 65536 })
      await wal.appendDurable({ a: 1 })
      await wal.close()
      for await (const entry of readWal(dir)) if (entry.value.a !== 1) throw new Error('wrong record')
      if (!(await verifyLog(dir, { workers: 2 })).ok) throw new Error('damaged')
      rmSync(dir, { recursive: true })
      const report = process.report.getReport()
      console.log(JSON.stringify([...addons, ...report.sharedObjects.filter((file) => file.endsWith('.node'))]))
    `)
    expect(JSON.parse(loaded)).toEqual([])
  })

  it('packs what users need and nothing else', () => {
    const [pack] = JSON.parse(
      execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd: ROOT, encoding: 'utf8' }),
    )
    const files: string[] = pack.files.map((file: { path: string }) => file.path)
    expect(files).toContain('dist/src/index.js')
    expect(files).toContain('dist/workers/writer.js')
    expect(files).toContain('dist/tools/ringwal.js')
    expect(files).toContain('dist/bench/run-bench.js')
    expect(files).toContain('format-spec/README.md')
    const unneeded = /^(dist\/)?test\/|^bench\/(?!README\.md$)|^src\/(?!\w+\/README\.md$)/
    expect(files.filter((file) => unneeded.test(file))).toEqual([])
  })

  it('has one version of Node as its floor and depends on nothing that must be built', () => {
    const manifest = JSON.parse(readFileSync(`${ROOT}/package.json`, 'utf8'))
    const lock = JSON.parse(readFileSync(`${ROOT}/package-lock.json`, 'utf8'))
    expect(manifest.engines.node).toBe('>=20.19')
    const needed = Object.entries<{ dev?: boolean; optional?: boolean; hasInstallScript?: boolean }>(lock.packages)
    expect(needed.filter(([, entry]) => entry.hasInstallScript && !entry.optional && !entry.dev)).toEqual([])
  })
})
