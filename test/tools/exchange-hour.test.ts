import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { ROOT } from '../kernels/build-kernels.ts'
import { temporaryDirectory } from '../storage/temporary-directory.ts'
import { CLI } from './cli.ts'

const HOUR = join(ROOT, 'test/fixtures/data/aapl-2012-06-21-orders.csv.gz')

it('takes an hour of real exchange orders from a pipe and gives back each row, in order', () => {
  const dir = join(temporaryDirectory(), 'log')
  const ringwal = `"${process.execPath}" "${CLI}"`
  const command = `gzip -dc "${HOUR}" | ${ringwal} append "${dir}" >&2 && ${ringwal} verify "${dir}" >&2 && ${ringwal} dump "${dir}" --json`
  const printed = execFileSync('/bin/sh', ['-c', command], {
    encoding: 'utf8',
    maxBuffer: 1 << 26,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const rows = gunzipSync(readFileSync(HOUR)).toString().trimEnd().split('\n')
  const records = printed
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(rows.length).toBe(60_000)
  expect(records.map(({ value }) => value.join(','))).toEqual(rows)
  expect(records.every(({ lsn }, i) => lsn === i + 1)).toBe(true)
})
