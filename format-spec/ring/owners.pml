/* The places for producer threads. An owner number is a place and how often that place was given back. */

#define OWNER(place, generation) ((generation) * 4 + (place))
#define PLACE(owner) ((owner) & 3)
#define STATE_OF(owner, state) (((owner) >> 2) * GENERATION + (state))

#if PLACES == 1
#define A_PLACE_IS_FREE ((blockState[0] & STATE_MASK) == FREE)
#elif PLACES == 2
#define A_PLACE_IS_FREE ((blockState[0] & STATE_MASK) == FREE || (blockState[1] & STATE_MASK) == FREE)
#else
#define A_PLACE_IS_FREE \
  ((blockState[0] & STATE_MASK) == FREE || (blockState[1] & STATE_MASK) == FREE || (blockState[2] & STATE_MASK) == FREE)
#endif

/* The thread that starts another takes the place for it: blocks here until one is free, where the code throws. */
inline takeOwner() {
  do
  :: place < PLACES ->
     /* owners.ts takeOwner `const free = Atomics.load(words, stateWord(place))` */
     word = blockState[place];
     if
     :: (word & STATE_MASK) == FREE ->
        /* owners.ts takeOwner `Atomics.compareExchange(words, stateWord(place), free, free | OWNER_ALIVE) !== free` */
        atomic {
          if
          :: blockState[place] == word ->
             blockState[place] = word | ALIVE;
             ownerOf[id] = OWNER(place, word / GENERATION);
             word = 0;
             break
          :: else
          fi
        }
     :: else
     fi;
     atomic { word = 0; place++ }
  :: place == PLACES -> atomic { A_PLACE_IS_FREE -> place = 0 }
  od
}

#ifdef BUG_NO_GENERATION
#define NEXT_STATE(owner) FREE
#else
#define NEXT_STATE(owner) ((((owner) >> 2) + 1) * GENERATION)
#endif

/* `done` is a variable of the caller's own. */
inline freeOwner(owner, done) {
  /* owners.ts freeOwner `if (Atomics.compareExchange(words, stateWord(owner), alive, next) === alive) return` */
  d_step {
    done = (blockState[PLACE(owner)] == STATE_OF(owner, ALIVE));
    if
    :: done -> blockState[PLACE(owner)] = NEXT_STATE(owner)
    :: else
    fi
  };
  if
  :: !done ->
     /* owners.ts freeOwner `Atomics.compareExchange(words, stateWord(owner), dead, next) === dead` */
     d_step {
       done = (blockState[PLACE(owner)] == STATE_OF(owner, DEAD));
       if
       :: done -> blockState[PLACE(owner)] = NEXT_STATE(owner)
       :: else
       fi
     };
     if
     :: done ->
        /* owners.ts freeOwner `=== dead) Atomics.sub(words, REVOKED_AT >> 2, 1)` */
        revoked--
     :: else
     fi
  :: else
  fi;
  done = 0
}

inline revokeOwner(owner) {
  /* owners.ts revokeOwner `Atomics.add(words, REVOKED_AT >> 2, 1)` */
  revoked++;
  /* owners.ts revokeOwner `Atomics.compareExchange(words, stateWord(owner), alive, wordOf(owner, OWNER_DEAD))` */
  d_step {
    was = (blockState[PLACE(owner)] == STATE_OF(owner, ALIVE));
    if
    :: was -> blockState[PLACE(owner)] = STATE_OF(owner, DEAD)
    :: else
    fi
  };
  if
  :: !was ->
     /* owners.ts revokeOwner `if (before !== alive) Atomics.sub(words, REVOKED_AT >> 2, 1)` */
     revoked--
  :: else
  fi;
  was = 0;
#if !defined(BUG_REVOKE_WAKES_NOBODY) && !defined(SPINS)
#ifdef BUG_REVOKE_ASKS_FLAG
  wakeConsumer(was)
#else
  /* ring-memory.ts revokeOwner `Atomics.store(this.words, at >> 2, 0)` */
  parked = 0;
  /* ring-memory.ts revokeOwner `Atomics.notify(this.words, at >> 2)` */
  notifyConsumer(ON_PARKED);
  dozing = 0;
  notifyConsumer(ON_DOZING)
#ifndef BUG_REVOKE_LEAVES_SENDERS
  /* ring-memory.ts revokeOwner `this.wakeSpaceWaiters()` */
  ; wakeSpaceWaiters()
#endif
#endif
#endif
}
