import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

/** Where `tsc` put this build: `dist`, or another folder beside it. */
const BUILD = fileURLToPath(new URL('..', import.meta.url))

/** Tests run as compiled by `tsc`, against the compiled product: what is tested is what ships. */
const config: ReturnType<typeof defineConfig> = defineConfig({
  test: {
    include: [`${BUILD}test/**/*.test.js`],
    pool: 'forks',
    testTimeout: 30_000,
    server: { deps: { external: [/\/(dist|\.build-[^/]+)\/(src|workers|tools)\//] } },
  },
})
export default config
