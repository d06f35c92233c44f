import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

/**
 * Runs a script that tells on its output, a line each, up to where it has come; lets it say some lines, then live for some milliseconds
 * more, and kills it.
 * @returns the numbers of its last line: what is durable, and where it cuts its log
 */
export async function killedVictim(
  script: string,
  args: readonly string[],
  lines: number,
  ms: number,
): Promise<[durable: number, cut: number]> {
  const victim = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  const said: string[] = []
  const exit = once(victim, 'close')
  const heard = new Promise<void>((resolve) => {
    createInterface({ input: victim.stdout }).on('line', (line) => {
      if (said.push(line) === lines) resolve()
    })
  })
  await Promise.race([heard, exit])
  await new Promise((resolve) => setTimeout(resolve, ms))
  victim.kill('SIGKILL')
  await exit
  const [durable, cut] = said.at(-1)!.split(' ').map(Number)
  return [durable!, cut!]
}
