import type { MessagePort, Transferable } from 'node:worker_threads'
import { errorToRecord } from '../errors.ts'
import type { ReadPorts } from '../read/log-view.ts'
import { FrameFilter } from '../read/record-filter.ts'
import { surveyFile } from '../read/survey-file.ts'
import { checkChunk } from './check-chunk.ts'
import type { SorterSettings } from './frame-sorter.ts'
import { loadReducer } from './load-reducer.ts'
import type { AnswerOf, Question, SessionInit, SessionReply, SessionRequest } from './session-protocol.ts'
import { ShardStates, stateError } from './shard-states.ts'
import { ThreadBoard } from './thread-board.ts'

/**
 * One thread's part in a replay: answers what comes through the port, until it is told to stop. It checks whatever chunks it
 * is given, and applies the records of its own shards.
 * @throws ERR_RINGWAL_REDUCER if the reducer can not be loaded or begun with
 */
export async function runSession(port: MessagePort, init: SessionInit, ports: ReadPorts): Promise<void> {
  const reducer = await loadReducer(init.reducer)
  const states = new ShardStates(reducer, init, ThreadBoard.attach(init.board))
  const sorting = { filter: new FrameFilter(init.filter), owners: init.owners }
  const sizes: number[] = []
  await new Promise<void>((resolve) => {
    port.on('message', (request: SessionRequest) => {
      if (request.kind !== 'stop') answer(port, request, () => work(request, ports, states, sorting, sizes))
      else {
        port.close()
        resolve()
      }
    })
  })
}

type Answerable = Exclude<SessionRequest, { readonly kind: 'stop' }>

function work(
  request: Answerable,
  ports: ReadPorts,
  states: ShardStates,
  sorting: SorterSettings,
  sizes: number[],
): AnswerOf<Question> {
  switch (request.kind) {
    case 'check':
      return checkChunk(ports, request.ask.task, request.ask.end, sorting, sizes)
    case 'survey':
      return surveyFile(ports, request.ask.segment)
    case 'apply':
      return states.apply(request.ask)
    case 'give':
      return states.give(request.ask.shard)
  }
}

function answer(port: MessagePort, { id, kind }: Answerable, work: () => AnswerOf<Question>): void {
  try {
    const ok = work()
    post(port, { id, ok }, buffersOf(ok), kind)
  } catch (error) {
    port.postMessage({ id, error: errorToRecord(error) } satisfies SessionReply)
  }
}

function post(port: MessagePort, reply: SessionReply, buffers: Transferable[], kind: Question): void {
  try {
    port.postMessage(reply, buffers)
  } catch (error) {
    // Only a state may hold what can not be cloned.
    throw kind === 'give' ? stateError(error) : error
  }
}

/** Memory that goes over to the other thread with an answer, instead of a copy. */
function buffersOf(answer: AnswerOf<Question>): ArrayBuffer[] {
  if ('frames' in answer) return answer.frames.map(({ buffer }) => buffer)
  return 'bytes' in answer ? [answer.bytes.buffer] : []
}
