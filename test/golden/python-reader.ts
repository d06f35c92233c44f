import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** Whether there is a Python to try the reader with. */
export const hasPython: boolean = spawnSync('python3', ['--version']).status === 0

export const READER: string = fileURLToPath(new URL('../../../format-spec/ringwal_reader.py', import.meta.url))

/** What the reader's `main` answered: its exit code, and what it printed. */
export interface PythonAnswer {
  readonly code: number
  readonly stdout: string
}

/** One process for all: starting Python takes longer than reading a small log. Memory is bounded where it can be. */
const PROGRAM = `
import contextlib, io, json, sys
try:
    import resource
    resource.setrlimit(resource.RLIMIT_AS, (256 << 20, 256 << 20))
except (ImportError, ValueError, OSError):
    pass
sys.path.insert(0, sys.argv[1])
import ringwal_reader
for line in sys.stdin:
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()):
        try:
            code = ringwal_reader.main(*json.loads(line))
        except (OSError, NotImplementedError):
            code = 2
    print(json.dumps([code, out.getvalue()]), flush=True)
`

/** Answers to calls of the reader, each a command and a path. @throws if it ends by any other exception than it tells of */
export function askPython(calls: readonly (readonly ['check' | 'dump', string])[]): PythonAnswer[] {
  const input = calls.map((call) => `${JSON.stringify(call)}\n`).join('')
  const args = ['-B', '-c', PROGRAM, fileURLToPath(new URL('.', `file://${READER}`))]
  const { status, stdout, stderr } = spawnSync('python3', args, { input, encoding: 'utf8', maxBuffer: 1 << 28 })
  if (status !== 0) throw new Error(`python3 ended with ${status}: ${stderr.slice(-2000)}`)
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as [number, string])
    .map(([code, text]) => ({ code, stdout: text }))
}

/** The parts of a report that both readers tell, places in order. */
export function commonFacts(report: string): object {
  const { ok, segments, records, firstLsn, lastLsn, durableLsn, damage, tornTail } = JSON.parse(report)
  const places = (damage as Place[]).map(({ segment, offset, bytes }) => ({ segment, offset, bytes }))
  const numbers = { ok, segments, records, firstLsn, lastLsn, durableLsn }
  return { ...numbers, damage: places.sort(inOrder), tornTail: tornTail === null ? null : tailFacts(tornTail) }
}

interface Place {
  readonly segment: string
  readonly offset: number
  readonly bytes: number
}

function inOrder(a: Place, b: Place): number {
  return a.segment === b.segment ? a.offset - b.offset || a.bytes - b.bytes : a.segment < b.segment ? -1 : 1
}

function tailFacts({ segment, offset, bytes, records, fromLsn }: Place & { records: number; fromLsn: number }): object {
  return { segment, offset, bytes, records, fromLsn }
}
