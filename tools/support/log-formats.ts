/** Other systems' logs, by the names that options give them. */
export const FOREIGN_FORMATS = ['order-jsonl', 'partition-binary', 'order-binary'] as const
export type ForeignFormat = (typeof FOREIGN_FORMATS)[number]

/** What can be replayed. */
export const LOG_FORMATS: readonly ['ringwal', ...typeof FOREIGN_FORMATS] = ['ringwal', ...FOREIGN_FORMATS]
export type LogFormat = (typeof LOG_FORMATS)[number]
