/* The claims of a producer that is alone, on its own counters; myHead is the head as it last saw it. */

inline becomeFirst() {
  /* ring-producer.ts constructor `this.position = ring.kernel.tailPosition()` */
  /* claims.as.ts tailPosition `<u32>atomic.load<u64>(TAIL_AT)` */
  atomic { myPosition = tailPosition; mySequence = FIRST_SEQUENCE };
  /* ring-producer.ts constructor `this.head = Atomics.load(this.words, HEAD_AT >> 2)` */
  atomic { myHead = head; exclusive = 1 }
}

#define PAD_ALONE PAD_FOR(myPosition, units)
#ifdef BUG_ROOM_WITHOUT_PAD
#define NO_ROOM_ALONE (((myPosition - myHead) & POSITION_MASK) + units > CAP)
#else
#define NO_ROOM_ALONE (((myPosition - myHead) & POSITION_MASK) + PAD_ALONE + units > CAP)
#endif

/* As `claim`; goes on at `cancelled` if it gave the claim back. */
inline claimAlone() {
  /* ring-producer.ts tryClaim `if (this.words[CLOSED_AT >> 2] !== 0) return CLAIM_CLOSED` */
  if
  :: closed -> goto claimClosed
  :: else
  fi;
  if
  :: NO_ROOM_ALONE ->
     /* ring-producer.ts hasRoom `this.head = Atomics.load(this.words, HEAD_AT >> 2)` */
     atomic {
       myHead = head;
       if
       :: NO_ROOM_ALONE -> headSeen = (SPINNING -> head : headSeen); goto claimFull
       :: else
       fi
     }
  :: else
  fi;
  if
  :: PAD_ALONE ->
     /* ring-producer.ts tryClaim `Atomics.store(this.words, this.slots + (offset >>> UNITS_PER_SLOT_SHIFT), word)` */
     d_step {
       slot[SLOT_OF(myPosition)] = USED | PUBLISHED | PAD | ROOM_AT(myPosition);
       myPosition = (myPosition + ROOM_AT(myPosition)) & POSITION_MASK
     }
  :: else
  fi;
  atomic {
    at = myPosition;
    myPosition = (myPosition + units) & POSITION_MASK;
    noteClaim();
    assert(mySequence == mine);
    mySequence = mySequence + count;
    if
    :: true
    :: count == 1 && units > 2 ->
       /* ring-producer.ts shrink `this.position - (this.claimedWord & SLOT_UNITS_MASK) + units` */
       myPosition = (myPosition - units + 2) & POSITION_MASK;
       units = 2
    :: count == 1 ->
       /* ring-producer.ts shrink `if (units === 0) this.nextSequence = this.sequence` */
       myPosition = (myPosition - units) & POSITION_MASK;
       mySequence = mine;
       claimedNext = mine;
       unpublished--;
       mine = 0; at = 0; units = 0; count = 0;
       goto next
    fi
  };
  goto claimed
}

inline share() {
#ifndef BUG_SHARE_LEAVES_TAIL
  /* ring-producer.ts share `this.ring.kernel.setTail(this.position, this.nextSequence)` */
  /* claims.as.ts setTail `atomic.store<u64>(TAIL_AT, pack(position, sequenceLow))` */
  d_step { tailPosition = myPosition; tailSequence = mySequence & SEQUENCE_MASK };
#endif
  d_step { exclusive = 0; myPosition = 0; mySequence = 0; myHead = 0; isShared = 1 }
}
