/* The consumer has nothing to collect: the last looks before it sleeps, the sleep, and the end. */

/* `stays` if there is something published, or claimed by a dead thread. */
inline hasWork() {
  /* ring-consumer.ts hasWork `const word = this.nextWord()` */
  atomic { word = NEXT_WORD; stays = ((word & USED) && (word & PUBLISHED)) };
#ifdef DEATHS
  if
  :: STANDS_UNPUBLISHED ->
     /* ring-consumer.ts isDead `deadOwnerAt(this.words, (word >>> SLOT_OWNER_SHIFT) & SLOT_OWNER_MASK)` */
     lookAtOwner();
     d_step { stays = dead; dead = 0 }
  :: else
  fi;
#endif
  word = 0
}

/* Sets `sealed` if the ring is closed and no claim will succeed any more. */
inline seal() {
  if
  /* ring-consumer.ts seal `this.ring.closed === 0` */
  :: closed ->
     /* ring-consumer.ts seal `const word = this.nextWord()` */
     word = NEXT_WORD;
     if
     :: (word & USED) == 0 ->
#ifdef BUG_SEAL_BY_LOOK
        sealed = 1
#else
        /* ring-consumer.ts seal `Atomics.compareExchange(this.words, this.slotWord(), word, this.lap) === word` */
        d_step {
          if
          :: NEXT_WORD == word -> NEXT_WORD = LAP; sealed = 1
          :: else
          fi
        }
#endif
     :: else
     fi
  :: else
  fi;
  word = 0
}

/* What the consumer looks at besides the ring before it sleeps: a request, and the end. `stays` if there is either. */
inline stay() {
  if
  :: request -> stays = 1
  :: else -> seal(); stays = sealed
  fi
}

inline lastLook() {
#ifdef BUG_HAS_WORK_BEFORE_STAY
  hasWork();
  if
  :: !stays -> stay()
  :: else
  fi
#else
  /* ring-consumer.ts sleep `if (!stay() && !this.hasWork)` */
  stay();
  if
  :: !stays -> hasWork()
  :: else
  fi
#endif
}

/* ring-consumer.ts park `this.sleep(PARKED_AT, timeoutMs, stay)` */
inline park() {
#ifdef BUG_PARK_FLAG_LATE
  lastLook();
  parked = !stays;
#else
  /* ring-consumer.ts sleep `Atomics.store(this.words, flagAt >> 2, 1)` */
  parked = 1;
#if defined(DEATHS) && !defined(BUG_REAP_BEFORE_FLAG)
  /* ring-consumer.ts sleep `this.reapOwners()` */
  reapOwners();
#endif
  lastLook();
#endif
  if
  :: !stays ->
     /* ring-consumer.ts sleep `Atomics.wait(this.words, flagAt >> 2, 1, timeoutMs)` */
     consumerSleeps = (parked -> ON_PARKED : ON_NOTHING);
     consumerSleeps == ON_NOTHING
  :: else
  fi;
  /* ring-consumer.ts sleep `Atomics.store(this.words, flagAt >> 2, 0)` */
  atomic { stays = 0; parked = 0 }
}

#ifdef DOZE
/*
 * A doze ends by its time-out as long as nobody is owed a wake-up. To let it end always would hide every wake-up that
 * is missed: so the clock stands still for who asked for one, or waits for space.
 */
#if PRODUCERS == 1
#define NOBODY_WAITS (!request && !producerSleeps[0])
#elif PRODUCERS == 2
#define NOBODY_WAITS (!request && !producerSleeps[0] && !producerSleeps[1])
#else
#define NOBODY_WAITS (!request && !producerSleeps[0] && !producerSleeps[1] && !producerSleeps[2])
#endif

/* ring-consumer.ts doze `this.sleep(DOZING_AT, timeoutMs, stay)` */
inline doze() {
  dozing = 1;
#ifdef DEATHS
  reapOwners();
#endif
  lastLook();
  if
  :: !stays ->
     consumerSleeps = (dozing -> ON_DOZING : ON_NOTHING);
     if
     :: consumerSleeps == ON_NOTHING
     :: NOBODY_WAITS -> consumerSleeps = ON_NOTHING
     fi
  :: else
  fi;
  atomic { stays = 0; dozing = 0 }
}
#endif

/* What a thread does that has nothing to collect: answers a request, or sleeps. */
inline rest() {
#ifdef SPINS
  if
  :: (NEXT_WORD & USED) && (NEXT_WORD & PUBLISHED)
#ifdef DEATHS
  :: (NEXT_WORD & USED) && (blockState[(NEXT_WORD >> OWNER_SHIFT) & OWNER_MASK] & STATE_MASK) == DEAD
  :: CAN_REAP(0)
#if PLACES > 1
  :: CAN_REAP(1)
#endif
#if PLACES > 2
  :: CAN_REAP(2)
#endif
#endif
  :: closed && (NEXT_WORD & USED) == 0 -> seal()
  fi
#else
  if
#ifdef DOZE
  :: request == 0 -> doze()
#endif
#ifndef DOZE_ONLY
  :: request == 0 -> park()
#endif
  :: request != 0 -> request = 0
  fi
#endif
}
