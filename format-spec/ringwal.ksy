meta:
  id: ringwal
  title: ringwal write-ahead log, segment file
  file-extension: rwal
  license: Apache-2.0
  ks-version: "0.11"
  endian: le
doc: |
  One segment of a ringwal log, format version 1: a header page of 4096 bytes, then frames.

  This describes where everything stands. It can not compute XXH64, and so it checks nothing: of a segment that was not
  verified before, it shows what the bytes say. Frames are read up to the end frame, or to the first that can not be one of
  this segment: zeros, the tag of another salt (the former life of a recycled file), a length that can not be. What a
  successor's header says of the segment's end is not known here: behind `previous_end` nothing is part of the log.
doc-ref: README.md
seq:
  - id: copy_a
    type: header
    size: 128
    doc-ref: README.md#3-the-header-page
  - id: zeros_a
    size: 1920
  - id: copy_b
    type: header
    size: 128
    doc: The same 128 bytes again, in another sector. Use it where copy A is not good.
  - id: zeros_b
    size: 1920
  - id: frames
    type: frame
    if: is_version_1 and _io.size - _io.pos >= 40
    repeat: until
    repeat-until: not _.is_one or _.kind == frame_kind::end or _io.size - _io.pos < 40
    doc: The last is the end frame, or the last that the file has room for, or one with `is_one` false, which is none.
    doc-ref: README.md#9-scanning-a-segment
  - id: rest
    size-eos: true
    doc: Zeros in a file that was filled in advance, stale frames in a recycled one, or a torn tail.
    doc-ref: README.md#10-damage-torn-tail-end-of-the-log
instances:
  header:
    value: "copy_a.has_magic ? copy_a : copy_b"
    doc: The copy that counts, as far as that can be told without its check.
  is_version_1:
    value: header.version == 1 and header.len_header == 128 and header.flags == 0 and header.zero == 0
    doc: Without this, the frames are of a later version and are not read.
    doc-ref: README.md#12-versions
types:
  header:
    doc-ref: README.md#3-the-header-page
    seq:
      - id: magic
        size: 8
      - id: version
        type: u2
        doc: 1; refuse others
      - id: len_header
        type: u2
        doc: 128; refuse others
      - id: flags
        type: u4
        doc: 0; refuse others
      - id: log_id
        size: 16
        doc: the same in all segments of a log
      - id: number
        type: u8
        doc: the number in the file's name
      - id: first_lsn
        type: u8
        doc: LSN of the segment's first record, if it has one
      - id: tag
        type: u4
        doc: low 32 bits of the salt; every frame of the segment carries them
      - id: salt_high
        type: u4
        doc: high 32 bits of the salt, with which the check of every frame is XORed
      - id: created
        type: u8
        doc: nanoseconds since 1970-01-01T00:00:00Z
      - id: epoch
        type: u8
        doc: one more at every opening of the log for writing
      - id: previous_last_lsn
        type: u8
        doc-ref: README.md#8-the-chain-of-segments
      - id: previous_end
        type: u8
        doc: offset behind the last byte of the segment before that counts
        doc-ref: README.md#8-the-chain-of-segments
      - id: previous_check
        type: u8
        doc: check of the last frame that counts there
        doc-ref: README.md#8-the-chain-of-segments
      - id: codec_settings
        type: u4
        doc: bit 0, 64-bit MessagePack integers are big integers; refuse other bits
      - id: len_payload_max
        type: u4
        doc: no frame of the segment has a longer payload
      - id: recycled_salt
        type: u8
        doc: salt of the segment that this file was before; 0 if none
      - id: zero
        type: u8
        doc: 0; refuse others
      - id: check
        type: u8
        doc: XXH64, seed 0, of the 120 bytes before
    instances:
      has_magic:
        value: magic == [0x89, 0x52, 0x57, 0x41, 0x4c, 0x0d, 0x0a, 0x1a]
  frame:
    doc-ref: README.md#4-frames
    seq:
      - id: check
        type: u8
        doc: XXH64, seed 0, of the bytes from 8 to the end of the frame, its zeros included, XOR the segment's salt
      - id: len_payload
        type: u4
      - id: kind
        type: u1
        enum: frame_kind
      - id: flags
        type: flags
      - id: type
        type: u2
        doc: record, the application's; tombstone, why (`tombstone_type`); note, what (`note_type`); else 0
      - id: lsn
        type: u8
        doc: record, its own; sync mark and end, the highest durable LSN; tombstone, the first; note, the next record's
      - id: time
        type: u8
        doc: nanoseconds since 1970-01-01T00:00:00Z; 0 if not known
      - id: key
        type: u4
        doc: record, a hash by which records are dealt out to replay workers; 0 for none
      - id: tag
        type: u4
        doc: low 32 bits of the segment's salt
      - id: payload
        size: len_payload
        type:
          switch-on: kind
          cases:
            'frame_kind::tombstone': tombstone
            'frame_kind::note': note
        if: is_one
      - id: padding
        size: (8 - len_payload % 8) % 8
        if: is_one
        doc: zeros, covered by the check
    instances:
      is_one:
        value: >-
          kind != frame_kind::nothing and tag == _root.header.tag and len_payload <= _root.header.len_payload_max
          and (len_payload + 7) / 8 * 8 <= _io.size - _io.pos
        doc: Whether this can be a frame of the segment. First asked for where the payload begins.
  flags:
    meta:
      bit-endian: le
    seq:
      - id: continues_batch
        type: b1
        doc: the next record or tombstone belongs to the same atomic batch
        doc-ref: README.md#6-atomic-batches
      - id: codec
        type: b2
        enum: codec
      - id: unknown
        type: b5
        doc: 0; in kinds below 128, refuse others
  tombstone:
    doc-ref: README.md#4-frames
    seq:
      - id: last_lsn
        type: u8
        if: _io.size >= 8
        doc: last LSN that it stands for; without it, it stands for the frame's own alone
      - id: rest
        size-eos: true
    instances:
      why:
        value: _parent.type
        enum: tombstone_type
  note:
    doc-ref: README.md#4-frames
    seq:
      - id: body
        size-eos: true
        type:
          switch-on: what
          cases:
            'note_type::restored': restored
    instances:
      what:
        value: _parent.type
        enum: note_type
  restored:
    doc: A repair flipped one bit of the record behind this note back.
    seq:
      - id: offset
        type: u8
        doc: of the byte, in the file as it stood
      - id: bit
        type: u4
        doc: 0 is the lowest
enums:
  frame_kind:
    0:
      id: nothing
      doc: no frame stands here
    1: record
    2: sync_mark
    3: padding
    4: end
    5: tombstone
    128:
      id: note
      doc: kinds from here on may be skipped by who does not know them
  codec:
    0:
      id: bytes
      doc: the application's own
    1:
      id: messagepack
      doc: exactly one MessagePack value
  tombstone_type:
    1:
      id: abandoned
      doc: a producer died between claiming these LSNs and publishing its records
    2:
      id: lost
      doc: a repair found the records unreadable
  note_type:
    1: restored
