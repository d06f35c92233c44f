/* The consumer collects what is published, uses it in place and gives the space back. */

#ifndef LIMIT
#define LIMIT CAP             /* units that one collect takes at most */
#endif

#ifdef BUG_NO_LAP
#define LAP 0
#else
#define LAP lap
#endif

/* Before a slot is freed whose claimer may be dead, or may not have moved the tail yet. */
inline helpTail(described) {
  /* claims.as.ts helpTail `const tail = atomic.load<u64>(TAIL_AT)` */
  atomic { seenSequence = tailSequence; helps = (tailPosition == position) };
  if
  :: helps -> pushTail(position, seenSequence, described, amount)
  :: else
  fi;
  d_step { seenSequence = 0; helps = 0 }
}

inline advance(passed) {
  d_step {
    if
    :: OFFSET(position) + (passed) == CAP -> lap++
    :: else
    fi;
    position = (position + (passed)) & POSITION_MASK;
    ready = 0
  }
}

#define SIZE (word & UNITS_MASK)

#ifdef ASKS_READY
/* Counts what is published in one piece, as if it were asked for a whole ring; the next collect must find as much. */
inline hasReady() {
  do
  :: OFFSET(position) + ready >= CAP -> break
  :: else ->
     /* ring-consumer.ts hasReady `const word = Atomics.load(this.words, (this.ring.slotsAt >> 2)` */
     atomic {
       word = slot[SLOT_OF(position + ready)];
       if
       :: (word & USED) == 0 || (word & PUBLISHED) == 0 || (word & PAD) -> break
       :: else -> ready = ready + SIZE
       fi
     }
  od;
  word = 0
}
#endif

/*
 * Counts in `units` what is published in one piece from `position` on, and frees the slots of it: one turn of the loop,
 * which stands behind the label `look`. Goes on at `looked`.
 */
inline collect() {
  /* claims.as.ts collect `word = atomic.load<u32>(slot)` */
  atomic {
    word = slot[SLOT_OF(position + units)];
    if
    :: (word & USED) == 0 -> goto looked
#ifndef BUG_COLLECT_UNPUBLISHED
    :: (word & USED) && (word & PUBLISHED) == 0 -> goto looked
#endif
    :: else
    fi;
    if
    :: (word & PAD) && units == 0 -> goto padding
    :: (word & PAD) && units > 0 -> goto looked
    :: (word & PAD) == 0 && units + SIZE > LIMIT -> goto looked
    :: else
    fi
  };
  /* claims.as.ts collect `atomic.store<u32>(slot, lap)` */
  atomic {
#ifndef BUG_RELEASE_FIRST
    slot[SLOT_OF(position + units)] = LAP;
#endif
    units = units + SIZE;
    word = 0;
    if
    :: units < ROOM_AT(position) -> goto look
    :: else -> goto looked
    fi
  };
padding:
#ifndef BUG_NO_HELP_AT_PAD
  /* claims.as.ts collect `helpTail(position, word)` */
  helpTail(word);
#endif
  /* claims.as.ts collect `atomic.store<u32>(slot, lap)` */
  slot[SLOT_OF(position)] = LAP;
  /* ring-consumer.ts collect `this.advance(this.words[STOP_SLOT_AT >> 2]! & SLOT_UNITS_MASK)` */
  advance(SIZE);
  goto look
}

/* Every byte collected is that of the claim expected next, whole; what the consumer keeps in front of it is its own. */
inline use() {
  step = 0;
  do
  :: step < units ->
     frame = cell[OFFSET(position + step)];
     assert(frame != 0);
     assert(FRAME_SEQUENCE(frame) == taken);
     taken = taken + FRAME_COUNT(frame);
     inFrame = FRAME_UNITS(frame);
     assert(step + inFrame <= units);
     do
     :: inFrame > 0 -> assert(cell[OFFSET(position + step)] == frame); step++; inFrame--
     :: else -> break
     od
  :: else -> break
  od;
#if MARGIN > 0
  cell[OFFSET(position - 1)] = TOMBSTONE;
#endif
  step = 0; frame = 0
}

inline release() {
#ifdef BUG_RELEASE_FIRST
  step = position;
#endif
  /* ring-consumer.ts release `this.advance(this.collected)` */
  /* claims.as.ts release `atomic.store<u64>(CONSUMED_AT, <u64>consumedLow | (<u64>consumedHigh << 32))` */
  atomic { advance(units); units = 0; consumed = taken };
#ifdef BUG_RELEASE_LOOKS_FIRST
  word = spaceWaiters;
#endif
  /* claims.as.ts release `atomic.store<u32>(HEAD_AT, head)` */
  d_step {
    do
    :: head != ((position - MARGIN) & POSITION_MASK) -> cell[OFFSET(head)] = 0; head = (head + 1) & POSITION_MASK
    :: else -> break
    od
  };
#ifdef BUG_RELEASE_FIRST
  do
  :: step != position ->
     atomic {
       word = slot[SLOT_OF(step)];
       slot[SLOT_OF(step)] = LAP;
       step = (step + SIZE) & POSITION_MASK
     }
  :: else -> break
  od;
  atomic { step = 0; word = 0 };
#endif
#ifndef SPINS
  if
#ifdef BUG_RELEASE_LOOKS_FIRST
  :: word -> wakeSpaceWaiters()
#else
  /* ring-consumer.ts release `Atomics.load(this.words, SPACE_WAITERS_AT >> 2) !== 0` */
  :: spaceWaiters -> wakeSpaceWaiters()
#endif
  :: else
  fi
#endif
}
