/* The thread that receives. */

proctype consumer() {
  byte position, lap = 1, units, word, step, frame, inFrame, amount, place, thread;
  byte seenSequence, ready;
  bit helps, dead, stays, passed;
#ifdef DEATHS
  byte lastClaim[PLACES];
  bit hasLast[PLACES];
#endif

  /* ring-consumer.ts constructor `Atomics.load(this.words, HEAD_AT >> 2)` */
  position = (head + MARGIN) & POSITION_MASK;
receive:
#ifdef POISONED
  /* A log that is poisoned is closed, and its writer takes nothing more. */
  if
  :: closed -> goto ended
  :: else
  fi;
#endif
#ifdef DEATHS
  reapOwners();
#endif
#ifdef ASKS_READY
  hasReady();
#endif
look:
  collect();
looked:
  atomic {
    assert(units >= ready);
    word = 0;
    if
    :: units == 0 -> goto idle
    :: else -> use()
    fi
  };
  release();
  goto receive;
idle:
#ifdef DEATHS
  adoptAbandoned();
  if
  :: dead -> dead = 0; goto receive
  :: else
  fi;
#endif
  rest();
  if
  :: sealed
  :: else -> goto receive
  fi
#ifdef POISONED
  ;
ended:
  skip
#endif
}
