import type { BenchResult } from '../result.ts'
import { plural } from './format.ts'

/** What one has to know before any figure: each a name and a text. */
export function aboutRun({ started, seconds, runs, machine }: BenchResult): (readonly [name: string, text: string])[] {
  const { node, cpu, cores, memoryMiB, system, fileSystem, loadAverage } = machine
  return [
    ['Date', `${new Date(started).toISOString().slice(0, 16).replace('T', ' ')} UTC`],
    ['Runs', `${runs === 1 ? '1 run' : `${runs} runs in turn: medians (min–max)`}, ${duration(seconds)}`],
    ['Node.js', node],
    ['Processor', `${cpu}, ${plural(cores, 'core')}`],
    ['Memory', `${(memoryMiB / 1024).toFixed(1)} GiB`],
    ['System', system],
    ['File system', fileSystem],
    ['Load at start', String(loadAverage)],
  ]
}

/** What takes the worth from the figures; empty if nothing does. */
export function warnings({ machine: { fileSystem } }: BenchResult): string[] {
  if (fileSystem !== 'tmpfs') return []
  return ['NOT A DISK: a sync costs nothing on tmpfs, and these are no durable rates']
}

function duration(seconds: number): string {
  const whole = Math.round(seconds)
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`
}
