/** Logs that are harmed at random, from a seed. */
import type { SampleLog } from '../damage/sample-log.ts'
import { LOG_DIR } from '../support/log-harness.ts'
import { SeededRandom } from '../support/seeded-random.ts'
import { SimulatedDisk } from '../support/simulated-disk.ts'

/** A sample log on a disk, harmed at random: flips, swapped, repeated and old sectors, zeros, garbage, a cut, a lost file. */
export function harmed(log: SampleLog, seed: number): SimulatedDisk {
  const random = new SeededRandom(seed)
  const disk = new SimulatedDisk({ recordCalls: false })
  for (const [name, bytes] of log.others) disk.writeFile(`${LOG_DIR}/${name}`, bytes)
  const files = log.segments.map((segment) => ({ ...segment, bytes: segment.bytes.slice() }))
  for (let harms = random.between(0, 4); harms > 0; harms--) {
    const { bytes, former, end } = random.pick(files)
    const sector = (): number => random.below(Math.ceil(end / 512)) * 512
    const [from, to] = [sector(), sector()]
    const draw = random.below(7)
    if (draw < 2) bytes[random.below(end)]! ^= 1 << random.below(8)
    else if (draw === 2) bytes.copyWithin(to, from, from + 512)
    else if (draw === 3) bytes.set(former.subarray(from, from + 512), from)
    else if (draw === 4) bytes.fill(0, from, Math.min(end, from + 512 * random.between(1, 4)))
    else if (draw === 5) bytes.set(random.bytes(random.between(1, 64)), random.below(end - 64))
    else bytes.set(random.bytes(Math.min(512, bytes.length - end)), end)
  }
  const cut = random.below(12)
  files.forEach(({ path, bytes, end }, i) => {
    if (cut !== i + 2) disk.writeFile(path, cut === i ? bytes.slice(0, random.below(end)) : bytes)
  })
  return disk
}
