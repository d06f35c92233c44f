/**
 * Writes the golden logs of the format, what `ringwal verify --json` and `ringwal dump --json` must say of each, and the
 * manifest: `npm run vectors [-- --out DIR]`. Without `--out` it replaces those in `format-spec/vectors`.
 */
import { createHash } from 'node:crypto'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { EXIT_CANNOT } from '../../tools/support/exit.ts'
import { ringwalInside } from '../tools/inside.ts'
import type { GoldenLog } from './golden-log.ts'
import { DUMP, goldenLogs, MANIFEST, type Manifest, type ManifestLog, NOT_SHOWN, VECTORS, VERIFY } from './vectors.ts'

async function makeVectors(out: string): Promise<void> {
  const logs: ManifestLog[] = []
  for (const log of goldenLogs()) {
    const dir = join(out, log.name)
    rmSync(dir, { recursive: true, force: true })
    for (const { path, bytes } of log.files) {
      mkdirSync(dirname(join(dir, path)), { recursive: true })
      writeFileSync(join(dir, path), bytes)
    }
    logs.push(describeLog(log, await answer(dir, 'verify', VERIFY), await answer(dir, 'dump', DUMP)))
  }
  const manifest: Manifest = { format: 'ringwal', version: 1, logs, notShown: NOT_SHOWN }
  writeFileSync(join(out, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`)
  const files = logs.flatMap((log) => log.files)
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0)
  process.stdout.write(`${logs.length} logs, ${files.length} files, ${bytes} bytes in ${out}\n`)
}

/** What a command says of a log, kept beside it. @returns the exit code */
async function answer(dir: string, command: 'verify' | 'dump', file: string): Promise<number> {
  const { code, stdout, stderr } = await ringwalInside([command, dir, '--json'])
  if (code === EXIT_CANNOT && !stderr.includes('ERR_RINGWAL_FORMAT')) throw new Error(`${command} ${dir}: ${stderr}`)
  writeFileSync(join(dir, file), stdout)
  return code
}

function describeLog({ name, holds, shows, files }: GoldenLog, verify: number, dump: number): ManifestLog {
  const described = files.map(({ path, bytes }) => {
    return { path, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') }
  })
  return { name, holds, shows, exitCodes: { verify, dump }, files: described }
}

const { values } = parseArgs({ options: { out: { type: 'string', default: VECTORS } } })
await makeVectors(resolve(values.out))
