import { encodeHeaderPage, HEADER_PAGE_BYTES, type SegmentHeader, segmentName } from '../format/index.ts'
import type { StagingDirectory } from '../storage/staging-directory.ts'
import { defaultThreads } from '../worker-pool.ts'
import { copyInOrder } from './copy-queue.ts'
import type { CopyTask } from './copy-task.ts'
import { addSummary, type LostSummary, noneLost } from './lost-ranges.ts'
import type { RepairRequest } from './repair-options.ts'
import { copyHere, type RepairPorts } from './repair-ports.ts'
import type { CopiedSegment } from './repair-report.ts'

export interface WrittenLog {
  readonly copied: readonly CopiedSegment[]
  readonly lost: LostSummary
}

/** Below this, starting a thread takes longer than what it would take off this one. */
const SMALL_LOG_BYTES = 64 << 20

/**
 * Carries the tasks out: frames first, then, as each header says where the segment before it ends, the header pages. All is
 * durable when this resolves.
 * @param staging undefined to write nothing, and only tell
 */
export async function writeLog(
  ports: RepairPorts,
  planned: readonly CopyTask[],
  staging: StagingDirectory | undefined,
  { workers, onProgress }: Pick<RepairRequest, 'workers' | 'onProgress'>,
): Promise<WrittenLog> {
  const total = planned.reduce((bytes, { segment }) => bytes + segment.end, 0)
  const threads = workers ?? (total < SMALL_LOG_BYTES ? 1 : defaultThreads())
  const first = planned[0]!.segment.number
  const tasks = planned.map((task, i) => ({ ...task, target: staging?.pathOf(segmentName(first + i)) }))
  const withCopiers = ports.withCopiers ?? ((_, use) => use(copyHere(ports)))
  const written = await withCopiers(threads, async (run) => {
    const copied: CopiedSegment[] = []
    const lost = noneLost()
    let done = 0
    for await (const result of copyInOrder(tasks, run, threads, (offset) => onProgress(done + offset, total))) {
      const task = tasks[copied.length]!
      addSummary(lost, result.lost)
      copied.push({ task, result, lost: result.lost.lsns, number: first + copied.length })
      done += task.segment.end
      onProgress(done, total)
    }
    return { copied, lost }
  })
  if (staging !== undefined) writeHeaders(ports, written.copied)
  return written
}

function writeHeaders({ fs, checker }: RepairPorts, copied: readonly CopiedSegment[]): void {
  let before: CopiedSegment | undefined
  let epoch = 0
  for (const segment of copied) {
    const header = headerOf(segment, before, epoch)
    const file = fs.open(segment.task.target!, 'write')
    try {
      fs.write(file, encodeHeaderPage(header, checker), 0, HEADER_PAGE_BYTES, 0)
      fs.syncAll(file)
    } finally {
      fs.close(file)
    }
    before = segment
    epoch = header.epoch
  }
}

/** The header that the segment had, but for what is another now: byte for byte the same where nothing is. */
function headerOf(
  { task, result, number }: CopiedSegment,
  before: CopiedSegment | undefined,
  epoch: number,
): SegmentHeader {
  const { header } = task.segment
  return {
    ...header,
    number,
    firstLsn: task.from,
    epoch: Math.max(header.epoch, epoch),
    payloadMax: Math.max(header.payloadMax, result.longestPayload),
    previous: before === undefined ? previousOfFirst(task) : previousOf(before),
  }
}

/** Of segments that were removed long ago, the first one's own word counts, if it still can. */
function previousOfFirst({ segment, from }: CopyTask): SegmentHeader['previous'] {
  const { previous } = segment.header
  return previous.lastLsn === from - 1 ? previous : { lastLsn: from - 1, endOffset: 0, lastCheck: 0n }
}

function previousOf({ task, result }: CopiedSegment): SegmentHeader['previous'] {
  return { lastLsn: task.to, endOffset: result.end, lastCheck: result.lastCheck }
}
