import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { onTestFinished } from 'vitest'
import type { ChannelName } from '../../src/metrics/index.ts'

/** What a log tells on channels, in order, as it comes. */
export function listenTo(names: readonly ChannelName[], dir: string): Record<string, unknown>[] {
  const events: Record<string, unknown>[] = []
  for (const name of names) {
    const listen = (message: unknown): void => {
      const event = message as Record<string, unknown>
      if (event['dir'] === dir) events.push(event)
    }
    subscribe(name, listen)
    onTestFinished(() => void unsubscribe(name, listen))
  }
  return events
}
