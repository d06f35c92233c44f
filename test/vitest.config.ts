import { fileURLToPath } from 'node:url'
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config'

/** Where `tsc` put this build: `dist`, or another folder beside it. */
const BUILD = fileURLToPath(new URL('..', import.meta.url))

/** Rooms whose files share a process: what they try leaves nothing behind in it, and loading it anew takes longer than most. */
const SHARED_ROOMS = [
  'codec',
  'damage',
  'foreign',
  'format',
  'golden',
  'read',
  'repair',
  'support',
  'trading',
  'verify',
  'wal',
]

function filesOf(rooms: readonly string[]): string[] {
  return rooms.map((room) => `${BUILD}test/${room}/**/*.test.js`)
}

function projectOf(
  name: string,
  include: string[],
  exclude: string[],
  isolate: boolean,
): TestProjectInlineConfiguration {
  return { extends: true, test: { name, include, exclude, isolate } }
}

/** Tests run as compiled by `tsc`, against the compiled product: what is tested is what ships. */
const config: ReturnType<typeof defineConfig> = defineConfig({
  test: {
    pool: 'forks',
    // By default one less than there are cores: of two, one would stand idle.
    maxWorkers: '100%',
    testTimeout: 30_000,
    server: { deps: { external: [/\/(dist|\.build-[^/]+)\/(src|workers|tools)\//] } },
    projects: [
      projectOf('shared', filesOf(SHARED_ROOMS), [], false),
      projectOf('alone', [`${BUILD}test/**/*.test.js`], filesOf(SHARED_ROOMS), true),
    ],
  },
})
export default config
