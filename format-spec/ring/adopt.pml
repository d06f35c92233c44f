/* The consumer adopts what the dead left unpublished. */

/* `dead` tells whether the thread in the place that `word` names is dead. */
inline lookAtOwner() {
  /* owners.ts deadOwnerAt `const word = Atomics.load(words, stateWord(place))` */
  dead = ((blockState[(word >> OWNER_SHIFT) & OWNER_MASK] & STATE_MASK) == DEAD)
}

#define STANDS_UNPUBLISHED ((word & USED) && (word & PUBLISHED) == 0)

/* Finds the claim of a dead thread, writes over it what stands for a lost one, and publishes it. `dead` if it did. */
inline adoptAbandoned() {
  /* ring-consumer.ts abandonedClaim `const word = this.nextWord()` */
  word = NEXT_WORD;
  if
  :: STANDS_UNPUBLISHED ->
     /* ring-consumer.ts abandonedClaim `const owner = deadOwnerAt(this.words, place)` */
     lookAtOwner();
#ifndef BUG_NO_RECHECK
     if
     :: dead ->
        /* ring-consumer.ts abandonedClaim `this.nextWord() !== word` */
        dead = (NEXT_WORD == word)
     :: else
     fi;
#endif
     if
     :: dead ->
        /* ring-consumer.ts abandonedClaim `const count = Atomics.load(this.words, (BLOCKS_AT` */
        amount = blockCount[(word >> OWNER_SHIFT) & OWNER_MASK];
        bury();
#ifndef BUG_ADOPT_LEAVES_TAIL
        /* ring-consumer.ts adopt `this.ring.kernel.helpTail(this.position, word)` */
        helpTail(word);
#endif
        /* ring-consumer.ts adopt `Atomics.store(this.words, this.slotWord(), word | SLOT_PUBLISHED)` */
        NEXT_WORD = word | PUBLISHED
     :: else
     fi
  :: else
  fi;
  word = 0
}

/* What was acknowledged is never buried: its slot says that it is published. */
inline bury() {
  d_step {
    assert((NEXT_WORD & PUBLISHED) == 0);
    step = 0;
    do
    :: step < (word & UNITS_MASK) ->
       cell[OFFSET(position + step)] = TOMBSTONE | FRAME(taken, amount, word & UNITS_MASK);
       step++
    :: else -> break
    od;
    step = 0; amount = 0;
    lost++;
    unpublished--
  }
}
