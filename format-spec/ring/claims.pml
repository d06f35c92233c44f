/*
 * A claim by compare-and-swap, and its publication.
 *
 * One step is one access to a word that threads share; what a thread does with variables of its own belongs to the step
 * before. The comment of a step quotes the line that it stands for.
 */

/* Where no claim takes more than one number, the count in the block is 1 for ever, and nobody needs to look. */
#if COUNT_MAX > 1
#define AMOUNT amount
#else
#define AMOUNT 1
#endif

/* Moves the tail from the view (position, sequence) past the claim `described`. `amount` belongs to the caller. */
inline pushTail(position, sequence, described, amount) {
#if COUNT_MAX > 1
  /* claims.as.ts pushTail `atomic.load<u32>(blockOf(owner), BLOCK_COUNT_AT)` */
  atomic {
    if
    :: described & PAD
    :: else -> amount = blockCount[(described >> OWNER_SHIFT) & OWNER_MASK]
    fi
  };
#endif
  /* claims.as.ts pushTail `atomic.cmpxchg<u64>(TAIL_AT, seen, next)` */
  d_step {
    if
    :: tailPosition == position && tailSequence == sequence ->
       tailPosition = (position + ((described) & UNITS_MASK)) & POSITION_MASK;
       tailSequence = (sequence + ((described) & PAD -> 0 : AMOUNT)) & SEQUENCE_MASK
    :: else
    fi;
    amount = 0
  }
}

/* What the proof notes when a claim of this thread comes into being. */
inline noteClaim() {
  assert(!sealed);
  mine = claimedNext;
  claimedNext = claimedNext + count;
  unpublished++
}

#define TAIL_MOVED (tailPosition != position || tailSequence != sequence)
#define PAD_HERE PAD_FOR(position, units)
#define MY_CLAIM (USED | (place << OWNER_SHIFT) | units)
#define MY_PAD (USED | PUBLISHED | PAD | ROOM_AT(position))
#define WISH (PAD_HERE -> MY_PAD : MY_CLAIM)

#ifdef HARMLESS_ROOM_WITHOUT_PAD
#define NO_ROOM (((position - head) & POSITION_MASK) + units > CAP)
#else
#define NO_ROOM (((position - head) & POSITION_MASK) + PAD_HERE + units > CAP)
#endif

/*
 * Claims `units` and `count` numbers for the thread in `place`: one turn of the loop, which begins at the label `look`.
 * Goes on at `claimed`, `claimFull` or `claimClosed`.
 */
inline claim() {
  /* claims.as.ts claim `const tail = atomic.load<u64>(TAIL_AT)` */
  atomic { position = tailPosition; sequence = tailSequence };
  /* claims.as.ts claim `const used = position - atomic.load<u32>(HEAD_AT)` */
  atomic {
    if
    :: NO_ROOM ->
#ifdef SPINS
       headSeen = head;
#endif
       goto noRoom
    :: else
    fi
  };
#ifdef BUG_CLOSED_BEFORE_SLOT
  if
  :: closed -> goto claimClosed
  :: else
  fi;
  word = slot[SLOT_OF(position)];
#else
  /* claims.as.ts claim `const word = atomic.load<u32>(slot)` */
  word = slot[SLOT_OF(position)];
  /* claims.as.ts claim `if (atomic.load<u32>(CLOSED_AT) != 0) return -2` */
  if
  :: closed -> goto claimClosed
  :: else
  fi;
#endif
  /* claims.as.ts claim `if (atomic.load<u64>(TAIL_AT) != tail) continue` */
  atomic {
    if
#ifndef BUG_NO_SECOND_LOOK
    :: TAIL_MOVED -> word = 0; goto look
#endif
    :: else
    fi;
    if
    :: word & USED -> goto help
    :: else
    fi
  };
#ifdef BUG_TAIL_FIRST
  atomic {
    if
    :: TAIL_MOVED -> word = 0; goto look
    :: else ->
       tailPosition = (position + (WISH & UNITS_MASK)) & POSITION_MASK;
       tailSequence = (sequence + (WISH & PAD -> 0 : count)) & SEQUENCE_MASK;
       word = WISH;
       if
       :: (word & PAD) == 0 -> noteClaim()
       :: else
       fi
    fi
  };
  slot[SLOT_OF(position)] = word;
#else
  /* claims.as.ts claim `if (atomic.cmpxchg<u32>(slot, word, wish) != word) continue` */
  atomic {
    if
    :: slot[SLOT_OF(position)] != word -> word = 0; goto look
    :: else ->
       word = WISH;
       slot[SLOT_OF(position)] = word;
       if
       :: (word & PAD) == 0 -> noteClaim()
       :: else -> assert(!sealed)
       fi
    fi
  };
#ifdef BUG_COUNT_LATE
  blockCount[place] = count;
#endif
  /* claims.as.ts claim `pushTail(tail, wish)` */
  pushTail(position, sequence, word, amount);
#endif
  /* claims.as.ts claim `const base = atomic.load<u64>(CONSUMED_AT)` */
  atomic {
    word = 0;
    if
    :: PAD_HERE -> goto look
    :: else
    fi;
    /* claims.as.ts claim `base + <u64>(<u32>(tail >> 32) - <u32>base)` */
    assert(consumed + ((sequence - consumed) & SEQUENCE_MASK) == mine);
    at = position;
    position = 0; sequence = 0;
    goto claimed
  };
help:
#ifndef BUG_NO_HELP
  pushTail(position, sequence, word, amount);
#endif
  atomic { word = 0; goto look };
noRoom:
  /* claims.as.ts claim `if (atomic.load<u64>(TAIL_AT) != tail) continue` */
  atomic {
    if
    :: TAIL_MOVED -> goto look
    :: else -> position = 0; sequence = 0
    fi
  };
  /* claims.as.ts claim `return atomic.load<u32>(CLOSED_AT) != 0 ? -2 : -1` */
  if
  :: closed -> goto claimClosed
  :: else -> goto claimFull
  fi
}

/*
 * The bytes: plain stores, of which nobody may see any before the claim is published. In two steps where a thread can
 * die in between.
 */
inline write() {
#ifdef DEATHS
  d_step {
    assert(cell[OFFSET(at)] == 0);
    cell[OFFSET(at)] = FRAME(mine, count, units)
  };
  d_step { step = 1; writeFrom() };
#else
  d_step { step = 0; writeFrom() };
#endif
}

inline writeFrom() {
  do
  :: step < units ->
     assert(cell[OFFSET(at + step)] == 0);
     cell[OFFSET(at + step)] = FRAME(mine, count, units);
     step++
  :: else -> break
  od;
  step = 0
}

inline publish() {
  /* ring-producer.ts publish `this.ring.kernel.publish(this.claimedSlot << 2, this.claimedWord) !== 0` */
  /* claims.as.ts publish `atomic.store<u32>(slot, word)` */
  d_step {
    slot[SLOT_OF(at)] = USED | PUBLISHED | (place << OWNER_SHIFT) | units;
    unpublished--;
#ifndef BUG_PUBLISH_FIRST
    mine = 0; at = 0; units = 0; count = 0
#endif
  };
#ifndef SPINS
  /* claims.as.ts publish `return atomic.load<u32>(PARKED_AT)` */
  if
  :: parked -> wakeConsumer(word)
  :: else
  fi
#endif
}
