/*
 * Sleep and wake-up: who sleeps raises a flag and looks again; who makes progress does so and then looks at the flag.
 * Atomics.wait compares and begins to sleep in one step; Atomics.notify wakes who sleeps on that word, and nobody else.
 */

inline notifyConsumer(word) {
  d_step {
    if
    :: consumerSleeps == word -> consumerSleeps = ON_NOTHING
    :: else
    fi
  }
}

/* `was` is a variable of the caller's own that is 0. */
inline wakeConsumer(was) {
#ifdef BUG_WAKE_LEAVES_FLAG
  was = parked;
#elif defined(HARMLESS_WAKE_BY_STORE)
  was = parked;
  if
  :: was -> parked = 0
  :: else
  fi;
#else
  /* ring-memory.ts wakeConsumer `Atomics.exchange(this.words, PARKED_AT >> 2, 0) !== 0` */
  d_step { was = parked; parked = 0 };
#endif
  if
  :: was ->
     /* ring-memory.ts wakeConsumer `Atomics.notify(this.words, PARKED_AT >> 2)` */
     notifyConsumer(ON_PARKED)
  :: else
  fi;
#ifndef BUG_WAKE_NO_DOZER
  /* ring-memory.ts wakeConsumer `Atomics.exchange(this.words, DOZING_AT >> 2, 0) !== 0` */
  d_step { was = dozing; dozing = 0 };
  if
  :: was ->
     /* ring-memory.ts wakeConsumer `Atomics.notify(this.words, DOZING_AT >> 2)` */
     notifyConsumer(ON_DOZING)
  :: else
  fi;
#endif
  was = 0
}

inline wakeSpaceWaiters() {
  /* ring-memory.ts wakeSpaceWaiters `Atomics.store(this.words, SPACE_WAITERS_AT >> 2, 0)` */
  spaceWaiters = 0;
#ifndef BUG_NO_WAKE_COUNT
  /* ring-memory.ts wakeSpaceWaiters `Atomics.add(this.words, SPACE_WAKES_AT >> 2, 1)` */
  spaceWakes++;
#endif
  /* ring-memory.ts wakeSpaceWaiters `Atomics.notify(this.words, SPACE_WAKES_AT >> 2)` */
  d_step {
    thread = 0;
    do
    :: thread < PRODUCERS -> producerSleeps[thread] = 0; thread++
    :: else -> break
    od;
    thread = 0
  }
}

/* Waits until the head is not `headSeen` any more. */
inline waitForRelease() {
#ifndef BUG_WAKES_READ_LATE
  /* ring-memory.ts expectRelease `const wakes = Atomics.load(this.words, SPACE_WAKES_AT >> 2)` */
  wakes = spaceWakes;
#endif
#ifndef BUG_WAITER_FLAG_LATE
  /* ring-memory.ts expectRelease `Atomics.store(this.words, SPACE_WAITERS_AT >> 2, 1)` */
  spaceWaiters = 1;
#endif
#ifndef BUG_WAITER_WAKES_NOBODY
  /* ring-memory.ts expectRelease `this.wakeConsumer()` */
  wakeConsumer(word);
#endif
  /* ring-memory.ts expectRelease `if (this.closed !== 0` */
  /* ring-memory.ts closed `Atomics.load(this.words, CLOSED_AT >> 2)` */
  atomic {
    if
    :: closed -> goto retry
    :: else
    fi
  };
  /* ring-memory.ts expectRelease `Atomics.load(this.words, HEAD_AT >> 2) !== head) return undefined` */
  atomic {
    if
    :: head != headSeen -> goto retry
    :: else
    fi
  };
#ifdef BUG_WAITER_FLAG_LATE
  spaceWaiters = 1;
#endif
#ifdef BUG_WAKES_READ_LATE
  wakes = spaceWakes;
#endif
  /* ring-memory.ts waitForRelease `Atomics.wait(this.words, SPACE_WAKES_AT >> 2, wakes, timeoutMs)` */
  d_step { producerSleeps[id] = (spaceWakes == wakes); wakes = 0 };
  !producerSleeps[id]
}

inline close() {
  /* ring-memory.ts close `Atomics.compareExchange(this.words, CLOSED_AT >> 2, 0, reason)` */
  /* ring-memory.ts close `Atomics.compareExchange(this.words, CLOSED_AT >> 2, PAUSED, reason)` */
  closed = 1;
#ifndef SPINS
#ifndef BUG_CLOSE_WAKES_NO_PRODUCER
  /* ring-memory.ts close `this.wakeSpaceWaiters()` */
  wakeSpaceWaiters();
#endif
#ifndef BUG_CLOSE_WAKES_NO_CONSUMER
  /* ring-memory.ts close `this.wakeConsumer()` */
  wakeConsumer(was)
#endif
#endif
}
