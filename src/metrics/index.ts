/** What a log tells a monitor: readings, the Prometheus text of them, and events. */
export {
  type ArchivedMessage,
  type ArchiveFailedMessage,
  type ArchiveGapMessage,
  CHANNEL_NAMES,
  type ChannelMessages,
  type ChannelName,
  type CheckpointMessage,
  type ClosedMessage,
  type OpenMessage,
  type PoisonedMessage,
  type RecoveredMessage,
  type RetentionHeldMessage,
  type RetiredMessage,
  type WarningMessage,
} from '../wal/channels.ts'
export { type MeteredLog, type MetricsOptions, metricsOf } from './metrics-of.ts'
export {
  type PromClient,
  type PromConfiguration,
  type PromCounter,
  type PromGauge,
  type RegisterOptions,
  registerMetrics,
} from './prom-client.ts'
export { PROMETHEUS_CONTENT_TYPE, prometheusText } from './prometheus-text.ts'
export type { HistogramReading, HistogramValue, Labels, PlainReading, Reading, Sample } from './reading.ts'
