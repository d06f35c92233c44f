/**
 * The bytes of a ringwal log, without any I/O: runs in Node.js, in a browser, in any worker.
 * The normative text is format-spec/README.md.
 */
export { type Checker, createChecker } from './check.ts'
export {
  type CheckpointHeader,
  checkpointName,
  decodeCheckpointHeader,
  encodeCheckpointHeader,
  fitsLabel,
  parseCheckpointName,
} from './checkpoint-header.ts'
export { CHECKPOINT_HEADER_BYTES, CHECKPOINT_LABEL_MAX } from './checkpoint-layout.ts'
export { createDigests, type Digest } from './digest.ts'
export { type Frame, type FrameFields, frameBytes, readFrame, readLsn, writeFrame } from './frame.ts'
export * from './frame-layout.ts'
export { createFrameMemory, createKernelMemory, createReferenceMemory, type FrameMemory } from './frame-memory.ts'
export { findHeaderBit, type HeaderBit } from './header-bit.ts'
export {
  CODEC_SETTING_BIGINT64,
  FORMAT_VERSION,
  HEADER_BYTES,
  HEADER_CHECK_AT,
  HEADER_COPY_B_AT,
  HEADER_PAGE_BYTES,
} from './header-layout.ts'
export { type InferredSalt, inferSalt, type SaltHints } from './infer-salt.ts'
export type { FrameKernel } from './kernel/frame-kernel.ts'
export {
  decodePosition,
  encodePosition,
  isPositionName,
  POSITION_BYTES,
  POSITION_NAMES,
  type PositionRecord,
  parsePositionFileName,
  positionFileName,
} from './position-record.ts'
export {
  CHAIN_TABLE,
  type ChainFacts,
  type ChainVerdict,
  HEADER_TABLE,
  type HeaderFacts,
  type HeaderVerdict,
  lookUp,
  PLACE_TABLE,
  type PlaceFacts,
  type PlaceVerdict,
} from './recovery-table.ts'
export type { BadRegion, ByteSource, FrameRun, ScanEnd, ScanSettings, ScanStep } from './scan-step.ts'
export {
  decodeHeaderPage,
  encodeHeaderPage,
  type HeaderCopyState,
  type HeaderPage,
  isZero,
  type PreviousSegment,
  type SegmentHeader,
} from './segment-header.ts'
export { parseSegmentName, segmentName } from './segment-name.ts'
export { SegmentScanner } from './segment-scanner.ts'
export {
  createSingleBitFinder,
  SINGLE_BIT_LONGEST,
  type SingleBit,
  SingleBitFinder,
  type SingleBitSettings,
} from './single-bit.ts'
