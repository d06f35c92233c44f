/** Paths of the simulated disk, taken apart. */

const knownPaths = new Map<string, readonly string[]>()
const KNOWN_PATHS_MAX = 10_000

/** The names on the way from the root. Most calls name the same few paths. */
export function namesOf(path: string): readonly string[] {
  let names = knownPaths.get(path)
  if (names === undefined) {
    if (knownPaths.size === KNOWN_PATHS_MAX) knownPaths.clear()
    names = splitPath(path)
    knownPaths.set(path, names)
  }
  return names
}

/** Backslashes count too: `node:path` joins with them on Windows. */
function splitPath(path: string): string[] {
  const names: string[] = []
  for (const name of path.split(/[/\\]/)) {
    if (name === '..') names.pop()
    else if (name !== '' && name !== '.') names.push(name)
  }
  return names
}
