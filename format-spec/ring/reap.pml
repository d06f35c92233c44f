/* Gives the places of dead threads back, once nothing of theirs can stand in the ring any more. */

/* ring-consumer.ts nextWord `Atomics.load(this.words, this.slotWord())` */
#define NEXT_WORD slot[SLOT_OF(position)]

/* `passed` if the claim that began at `last`, if any, is released. */
inline hasPassed(last) {
  if
  :: position == last ->
     /* ring-consumer.ts hasPassed `(this.nextWord() & SLOT_USED) === 0` */
     passed = ((NEXT_WORD & USED) == 0)
  :: else -> passed = (((position - last) & POSITION_MASK) < 128)
  fi
}

/* Whether `reapOwners` has something to do: the guard of a consumer that looks again and again. */
#define HAS_PASSED(last) (position == last -> (NEXT_WORD & USED) == 0 : ((position - last) & POSITION_MASK) < 128)
#define CAN_REAP(place) \
  ((blockState[place] & STATE_MASK) == DEAD && (!hasLast[place] || HAS_PASSED(lastClaim[place])))

inline reapOwners() {
  /* ring-consumer.ts reapOwners `if (!hasRevoked(this.words)) return` */
  /* owners.ts hasRevoked `Atomics.load(words, REVOKED_AT >> 2) !== 0` */
  word = revoked;
  if
  :: word ->
     place = 0;
     do
     :: place < PLACES ->
        /* ring-consumer.ts reapOwners `const owner = deadOwnerAt(this.words, place)` */
        word = blockState[place];
        if
        :: (word & STATE_MASK) == DEAD ->
           if
           :: !hasLast[place] ->
              /* ring-consumer.ts reapOwners `this.ring.kernel.tailPosition()` */
              d_step { lastClaim[place] = tailPosition; hasLast[place] = 1 }
           :: else
           fi;
#ifdef BUG_REAP_EARLY
           passed = 1;
#else
           hasPassed(lastClaim[place]);
#endif
           if
           :: passed ->
              d_step { lastClaim[place] = 0; hasLast[place] = 0; passed = 0; word = OWNER(place, word / GENERATION) };
              /* ring-consumer.ts reapOwners `this.ring.returnOwner(owner)` */
              freeOwner(word, dead)
           :: else
           fi
        :: else
        fi;
        place++
     :: else -> break
     od;
     place = 0
  :: else
  fi;
  word = 0
}
