/* A thread that sends. */

inline send() {
#if ALONE > 0
  if
  :: id == 0 -> becomeFirst()
  :: else -> isShared
  fi;
#endif
  left = MESSAGES;
next:
#if ALONE > 0
  if
  :: exclusive && left == MESSAGES - ALONE -> share()
  :: else
  fi;
#endif
  atomic {
    if
    :: left == 0 -> goto finished
    :: else -> left--
    fi;
    later = 0; headSeen = 0;
    select(units : UNITS_MIN .. UNITS_MAX);
    select(count : 1 .. COUNT_MAX)
  };
attempt:
#if ALONE > 0
  if
  :: exclusive -> claimAlone()
  :: else
  fi;
#endif
#if COUNT_MAX > 1 && !defined(BUG_COUNT_LATE)
  /* claims.as.ts claim `atomic.store<u32>(block, count, BLOCK_COUNT_AT)` */
  blockCount[place] = count;
#endif
look:
  /* ring-producer.ts claimShared `this.ring.kernel.claim(` */
  claim();
claimed:
#ifdef BUG_PUBLISH_FIRST
  publish();
  write();
#else
  write();
  publish();
#endif
  goto next;
claimFull:
#ifdef GIVES_UP
  if
  :: true -> atomic { units = 0; count = 0; goto next }
  :: true
  fi;
#endif
#ifdef SPINS
  atomic { (head != headSeen || closed) -> headSeen = 0; goto attempt };
#else
  /* ring-producer.ts claimLater `this.ring.waitForRelease(head, left)` */
  if
  :: later -> waitForRelease()
  :: else
  fi;
retry:
  /* ring-producer.ts claimLater `const head = Atomics.load(this.words, HEAD_AT >> 2)` */
  atomic { headSeen = head; later = 1; goto attempt };
#endif
claimClosed:
  atomic { left = 0; units = 0; count = 0; position = 0; sequence = 0; word = 0 };
finished:
#ifdef CLOSES
  if
  :: id == 0 -> close()
  :: else
  fi;
#endif
#ifdef OWNERS
  /* ring-memory.ts returnOwner `freeOwner(this.words, owner)` */
  freeOwner(ownerOf[id], word);
#endif
  ended = 1
}

proctype producer(byte id) {
  byte place, units, count, at, left, position, sequence, word, amount, step, headSeen, wakes, mine;
  bit later, ended;
#if ALONE > 0
  byte myPosition, mySequence, myHead;
  bit exclusive;
#endif
#ifdef CLOSES
  byte thread;
  bit was;
#endif

#ifdef OWNERS
  takeOwner();
#else
  d_step { place = id; ownerOf[id] = OWNER(id, 0); blockState[id] = ALIVE };
#endif
#ifdef DEATHS
  { send() } unless { killed[id] };
#else
  send();
#endif
  /* The end of a thread that gave its place back makes its starter revoke it all the same. */
#ifdef OWNERS
  gone[id] = 1
#else
  gone[id] = 1 + ended
#endif
}
