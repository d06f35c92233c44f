import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Found, Peer } from './peer.ts'

const PROBE = fileURLToPath(new URL('./probe.js', import.meta.url))
const PROBE_MS_MAX = 60_000

const known = new Map<string, Found>()

/**
 * Whether each peer can be used here, in the same order. They are loaded in another process: code that was built for another
 * version of Node can end the one that loads it.
 */
export function findPeers(peers: readonly Peer[]): Found[] {
  const names = peers.map(({ name }) => name)
  probe(names.filter((name) => !known.has(name)))
  // If they ended it together, each is asked alone.
  for (const name of names) if (!known.has(name)) probeAlone(name)
  return names.map((name) => known.get(name)!)
}

/** @returns how the process ended */
function probe(names: readonly string[]): string {
  if (names.length === 0) return ''
  const { status, signal, output } = spawnSync(process.execPath, [PROBE, ...names], {
    encoding: 'utf8',
    timeout: PROBE_MS_MAX,
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  })
  if (status === 0) for (const [name, found] of JSON.parse(output[3]!) as [string, Found][]) known.set(name, found)
  return signal ?? `code ${status}`
}

function probeAlone(name: string): void {
  const end = probe([name])
  if (!known.has(name)) known.set(name, { missing: `the process that loads it ends with ${end}` })
}
