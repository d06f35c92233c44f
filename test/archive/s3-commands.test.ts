/** An archive in an S3 store, on the command line. */
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { Wal } from '../../src/index.ts'
import { temporaryDirectory } from '../storage/temporary-directory.ts'
import { flipByte, jsonLines, ringwal } from '../tools/cli.ts'
import { ringwalInside } from '../tools/inside.ts'
import { BUCKET, s3Store } from './s3-store.ts'

const ARCHIVE = `s3://${BUCKET}/logs/wal`

/** A log of two segments and a checkpoint, closed. */
async function closedLog(home: string): Promise<string> {
  const dir = join(home, 'wal')
  const wal = await Wal.open({ dir, segmentBytes: 1 << 16 })
  while (wal.lastLsn < 300) wal.append({ n: wal.lastLsn + 1, text: 'x'.repeat(300) })
  await wal.flush()
  await wal.checkpoint(200, Buffer.from('state at 200'))
  await wal.close()
  return dir
}

/** Has Node find everything but the client. */
const MISSING = `export async function resolve(name, context, next) {
  if (name !== '@aws-sdk/client-s3') return next(name, context)
  throw Object.assign(new Error("Cannot find package '" + name + "'"), { code: 'ERR_MODULE_NOT_FOUND' })
}`

async function lsnsOf(dir: string): Promise<unknown[]> {
  return jsonLines((await ringwalInside(['dump', dir, '--json'])).stdout).map(({ lsn }) => lsn)
}

describe('an archive at s3://', () => {
  it('is made, listed, verified and restored from', async () => {
    const store = await s3Store()
    const home = temporaryDirectory()
    const log = await closedLog(home)
    const made = await ringwalInside(['backup', log, '--archive', ARCHIVE, '--compress'])
    expect(made).toMatchObject({
      code: 0,
      stderr: '',
      stdout: expect.stringContaining(`${ARCHIVE} holds the log up to`),
    })
    const again = await ringwalInside(['backup', log, '--archive', ARCHIVE])
    expect(again.stdout).toBe(`nothing is new; ${ARCHIVE} holds the log up to LSN 300\n`)
    const listed = await ringwalInside(['list-backups', '--archive', `${ARCHIVE}/`, '--json'])
    expect(JSON.parse(listed.stdout)).toMatchObject({
      archive: ARCHIVE,
      backups: [{ lastLsn: 300, ok: true }],
      problems: [],
    })
    expect(await ringwalInside(['verify-backup', '--archive', ARCHIVE])).toMatchObject({ code: 0 })
    const output = join(home, 'restored')
    const restored = await ringwalInside(['restore', '--archive', ARCHIVE, '--output', output, '--lsn', '250'])
    expect(restored).toMatchObject({ code: 0, stderr: '' })
    expect(await lsnsOf(output)).toEqual(Array.from({ length: 250 }, (_, i) => i + 1))
    expect(store.openUploads.size).toBe(0)
  })

  it('of which an object is gone is not whole', async () => {
    const store = await s3Store()
    const log = await closedLog(temporaryDirectory())
    await ringwalInside(['backup', log, '--archive', ARCHIVE])
    store.faults.plan({ operation: 'GetObject', kind: 'refuse', status: 404, code: 'NoSuchKey', after: 1 })
    const { code, stdout } = await ringwalInside(['verify-backup', '--archive', ARCHIVE])
    expect({ code, stdout }).toMatchObject({ code: 1, stdout: expect.stringContaining('FAIL: it is missing') })
  })

  it('is thinned, and mirrored to a directory that stands in for it', async () => {
    await s3Store()
    const home = temporaryDirectory()
    const log = await closedLog(home)
    for (const more of [[], ['--full'], ['--full'], ['--full']])
      await ringwalInside(['backup', log, '--archive', ARCHIVE, ...more])
    const mirror = join(home, 'mirror')
    const copied = await ringwalInside(['mirror-archive', '--from', ARCHIVE, '--to', mirror])
    expect(copied).toMatchObject({ code: 0, stderr: '' })
    expect(copied.stdout).toMatch(/^4 backups copied to \/.*\/mirror, \d+ objects, [\d.]+ kB; 0 were there\n$/)
    const thin = ['thin-archive', '--archive', ARCHIVE, '--keep-last', '2']
    const dry = await ringwalInside([...thin, '--dry-run'])
    expect(dry.stdout).toMatch(
      /kept: newest, last\n(.*\n)+2 backups kept, 2 would be given up: \d+ objects, [\d.]+ kB\n$/,
    )
    // As processes: they end, though their connections are kept.
    const thinned = await ringwal([...thin, '--json'])
    expect(thinned).toMatchObject({ code: 0, stderr: '' })
    expect(JSON.parse(thinned.stdout)).toMatchObject({
      archive: ARCHIVE,
      dryRun: false,
      kept: [{}, {}],
      givenUp: [{}, {}],
      problems: [],
    })
    for (const place of [ARCHIVE, mirror]) {
      expect(await ringwalInside(['verify-backup', '--archive', place])).toMatchObject({ code: 0 })
      const output = join(home, `from-${place === mirror ? 'mirror' : 'store'}`)
      expect(await ringwalInside(['restore', '--archive', place, '--output', output])).toMatchObject({ code: 0 })
      expect(await lsnsOf(output)).toHaveLength(300)
    }
    const again = await ringwal(['mirror-archive', '--from', ARCHIVE, '--to', mirror, '--json'])
    expect(JSON.parse(again.stdout)).toMatchObject({
      from: ARCHIVE,
      to: mirror,
      copied: 0,
      there: 2,
      objects: 0,
      refused: [],
    })
  })

  it('is the mirror of a directory, which is told what it has as something else', async () => {
    await s3Store()
    const home = temporaryDirectory()
    const [log, archive] = [await closedLog(home), join(home, 'archive')]
    await ringwalInside(['backup', log, '--archive', archive])
    expect(await ringwalInside(['mirror-archive', '--from', archive, '--to', ARCHIVE])).toMatchObject({ code: 0 })
    await ringwalInside(['backup', log, '--archive', archive, '--full'])
    const [name] = readdirSync(archive).filter((one) => one.startsWith('0000000002-'))
    flipByte(join(archive, name!), 100)
    const { code, stdout } = await ringwalInside(['mirror-archive', '--from', archive, '--to', ARCHIVE])
    expect({ code, stdout }).toMatchObject({
      code: 1,
      stdout: expect.stringContaining(`not copied: ${name}: its SHA-256`),
    })
    expect(await ringwalInside(['thin-archive', '--archive', ARCHIVE])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('at least one of --keep-last'),
    })
  })
})

describe('a command on an archive at s3:// that can not run', () => {
  async function failure(args: readonly string[], env: Record<string, string> = {}): Promise<string> {
    Object.assign(process.env, env)
    const { code, stdout, stderr } = await ringwalInside(args)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(/^ringwal: ERR_RINGWAL_\w+: [^\n]+\n$/)
    expect(stderr).not.toMatch(/hush-hush|another-key|Signature=/)
    return stderr
  }
  const LIST = ['list-backups', '--archive', ARCHIVE]

  it('for its credentials says so, and does not show them', async () => {
    await s3Store()
    expect(await failure(LIST, { AWS_ACCESS_KEY_ID: 'another-key' })).toContain(
      `ListObjectsV2 of logs/wal/ in ${ARCHIVE} failed: 403 InvalidAccessKeyId (the store does not know these credentials)`,
    )
  })

  it('for want of credentials names their variables', async () => {
    await s3Store()
    const home = temporaryDirectory()
    const files = { AWS_SHARED_CREDENTIALS_FILE: join(home, 'none'), AWS_CONFIG_FILE: join(home, 'none') }
    delete process.env['AWS_ACCESS_KEY_ID']
    expect(await failure(LIST, files)).toContain('there are no credentials: set AWS_ACCESS_KEY_ID')
  })

  it('for its rights names the one that is missing', async () => {
    const store = await s3Store()
    store.faults.plan({ operation: 'ListObjectsV2', kind: 'refuse', status: 403, code: 'AccessDenied' })
    expect(await failure(LIST)).toContain('403 AccessDenied (access denied: the credentials need s3:ListBucket)')
  })

  it('for want of a bucket, or of an archive in it, says which', async () => {
    await s3Store()
    expect(await failure(['list-backups', '--archive', 's3://no-such-bucket/wal'])).toContain('there is no such bucket')
    expect(await failure(LIST)).toContain(`ERR_RINGWAL_NOT_FOUND: there is no archive at ${ARCHIVE}`)
  })

  it('as nobody is there, or the store fails for good, says so', async () => {
    const store = await s3Store()
    store.faults.plan({ operation: 'ListObjectsV2', kind: 'refuse', status: 500, code: 'InternalError', times: 9 })
    expect(await failure(LIST)).toContain('500 InternalError')
    expect(await failure(LIST, { AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:9' })).toContain('ECONNREFUSED')
    expect(await failure(LIST, { AWS_ENDPOINT_URL_S3: 'nowhere' })).toContain('ERR_RINGWAL_IO: ListObjectsV2')
  })

  it.each([
    's3://',
    's3://b',
    's3://bucket//x',
    's3://bucket/../x',
    's3://BUCKET/x',
    's3://bucket/a b',
    'gs://bucket/x',
  ])('as %s is no place tells what is', async (place) => {
    expect(await failure(['list-backups', '--archive', place])).toContain('s3://bucket/prefix')
  })

  it('as the client is not installed names the package', async () => {
    const dir = temporaryDirectory()
    writeFileSync(join(dir, 'missing.mjs'), MISSING)
    writeFileSync(
      join(dir, 'hooks.mjs'),
      `import { register } from 'node:module'; register('./missing.mjs', import.meta.url)`,
    )
    const env = { NODE_OPTIONS: `--import=${join(dir, 'hooks.mjs')}` }
    const { code, stderr } = await ringwal(LIST, { env })
    expect(code).toBe(2)
    expect(stderr).toContain('an archive at s3:// needs the package @aws-sdk/client-s3')
    expect(stderr).toContain('Run: npm install @aws-sdk/client-s3')
  })
})
