import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { Wal } from '../../src/index.ts'
import { auditLog } from '../../tools/demo/audit.ts'
import { Book } from '../../tools/demo/book.ts'
import { generatedEvents } from '../../tools/demo/events.ts'
import { temporaryDirectory } from '../storage/temporary-directory.ts'

const STREAM = generatedEvents(1)
const COUNT = 50

describe('the audit of a log', () => {
  let dir: string
  beforeEach(() => {
    dir = temporaryDirectory()
  })

  async function writeLog(change: (event: unknown, lsn: number) => unknown): Promise<void> {
    const wal = await Wal.open({ dir, segmentBytes: 65_536 })
    const events = STREAM.events()
    for (let lsn = 1; lsn <= COUNT; lsn++) wal.append(change(events.next().value, lsn))
    await wal.close()
  }

  it('finds nothing wrong where nothing is, and tells the state of the model', async () => {
    await writeLog((event) => event)
    const book = new Book()
    const events = STREAM.events()
    for (let lsn = 1; lsn <= COUNT; lsn++) book.apply(events.next().value)
    const audit = await auditLog(dir, STREAM, COUNT)
    expect(audit).toEqual({ recovered: COUNT, lost: 0, problem: undefined, digest: book.digest() })
  })

  it('counts acknowledged events that are not there', async () => {
    await writeLog((event) => event)
    const audit = await auditLog(dir, STREAM, COUNT + 3)
    expect(audit).toMatchObject({ recovered: COUNT, lost: 3, problem: 'LSN 51 to 53 are missing at the end' })
  })

  it('counts an acknowledged event that came back changed', async () => {
    await writeLog((event, lsn) => (lsn === 20 ? { ...(event as object), size: 12_345 } : event))
    const audit = await auditLog(dir, STREAM, COUNT)
    expect(audit).toMatchObject({ recovered: COUNT, lost: 1, problem: expect.stringContaining('LSN 20 holds') })
  })

  it('tells of a changed event that was not acknowledged, and counts it not as lost', async () => {
    await writeLog((event, lsn) => (lsn === 20 ? 'something else' : event))
    const audit = await auditLog(dir, STREAM, 19)
    expect(audit).toMatchObject({ lost: 0, problem: expect.stringContaining('LSN 20 holds') })
  })

  it('counts what stands behind damage as lost', async () => {
    await writeLog((event) => event)
    const path = join(dir, readdirSync(dir).find((name) => name.endsWith('.rwal'))!)
    const bytes = readFileSync(path)
    bytes[4096 + 100]! ^= 1
    writeFileSync(path, bytes)
    const audit = await auditLog(dir, STREAM, COUNT)
    expect(audit.problem).toContain('ERR_RINGWAL_DAMAGED')
    expect(audit.lost).toBe(COUNT - audit.recovered)
    expect(audit.recovered).toBeLessThan(3)
  })
})
