import { defineConfig } from 'vitest/config'

/** Tests run as compiled by `tsc`, against the compiled product: what is tested is what ships. */
const config: ReturnType<typeof defineConfig> = defineConfig({
  test: {
    include: ['dist/test/**/*.test.js'],
    pool: 'forks',
    testTimeout: 30_000,
    server: { deps: { external: [/\/dist\/(src|workers|tools)\//] } },
  },
})
export default config
