import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { Order, orderOf } from '../log/declared-orders.ts'
import { temporaryDirectory } from '../storage/temporary-directory.ts'
import { RECORDS } from './declared-process.ts'

const program = fileURLToPath(new URL('./declared-process.js', import.meta.url))

interface Output {
  readonly mayCompile: boolean
  readonly bytes: readonly string[]
  readonly values: string
}

it.each([
  { flags: ['--disallow-code-generation-from-strings'], mayCompile: false },
  { flags: [], mayCompile: true },
])('a process started with $flags writes and reads the same', ({ flags, mayCompile }) => {
  const stdout = execFileSync(process.execPath, [...flags, program, temporaryDirectory()], { encoding: 'utf8' })
  const output = JSON.parse(stdout) as Output
  const orders = Array.from({ length: RECORDS }, (_, id) => orderOf(id))
  expect(output.mayCompile).toBe(mayCompile)
  expect(output.bytes).toEqual(
    orders.map((order) => `${Order.key(order)} ${Buffer.from(Order.encodeToBytes(order)).toString('hex')}`),
  )
  expect(output.values).toBe(JSON.stringify(orders))
})
