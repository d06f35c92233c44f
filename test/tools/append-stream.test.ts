import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { CLI, temporaryPaths } from './cli.ts'
import { dumpedValues, ringwalInside } from './inside.ts'

const path = temporaryPaths()

describe('ringwal append, of an input that does not end', () => {
  it.each([
    ['JSON Lines', '{"n":1}\n', { n: 1 }],
    ['CSV', 'a,1\n', ['a', 1]],
  ])('makes a line of %s durable as soon as it is there', async (_, line, value) => {
    const dir = path()
    const child = spawn(process.execPath, [CLI, 'append', dir], { stdio: ['pipe', 'ignore', 'inherit'] })
    child.stdin.write(line)
    try {
      // Nothing follows the line, so nothing but its own end can have made it a record.
      const seen = await untilRecord(dir)
      expect(seen).toEqual(value)
    } finally {
      child.stdin.end()
    }
    expect(await once(child, 'exit')).toEqual([0, null])
  })

  it('on SIGTERM makes durable what it has, reports, and ends by the signal', async () => {
    const dir = path()
    const child = spawn(process.execPath, [CLI, 'append', dir], { stdio: ['pipe', 'pipe', 'inherit'] })
    let stdout = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text
    })
    child.stdin.on('error', () => {})
    child.stdin.write('1\n2\n3\n')
    await untilRecord(dir)
    child.kill('SIGTERM')
    expect(await once(child, 'close')).toEqual([null, 'SIGTERM'])
    expect(stdout).toMatch(/^appended 3 records, LSN 1 to 3, /)
    expect(await dumpedValues(dir)).toEqual([1, 2, 3])
  })

  it('takes far more than the ring holds with bounded memory', async () => {
    const dir = path()
    const text = JSON.stringify('x'.repeat(1000))
    const lines = `${text}\n`.repeat(1000)
    const args = ['--max-old-space-size=48', CLI, 'append', dir, '--json', '--sync', 'never']
    const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] })
    const report = once(child.stdout, 'data')
    for (let i = 0; i < 40; i++) if (!child.stdin.write(lines)) await once(child.stdin, 'drain')
    child.stdin.end()
    expect(JSON.parse(String((await report)[0]))).toMatchObject({ records: 40_000, durableLsn: 40_000 })
    const { stdout } = await ringwalInside(['verify', dir, '--json'])
    expect(JSON.parse(stdout)).toMatchObject({ ok: true, records: 40_000 })
  })
})

/** The first record of a log that another process writes, once it is there. */
async function untilRecord(dir: string): Promise<unknown> {
  const end = Date.now() + 20_000
  while (Date.now() < end) {
    const [value] = await dumpedValues(dir)
    if (value !== undefined) return value
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error('no record came')
}
