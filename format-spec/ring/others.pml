/* The threads beside producers and consumer: who started them, who calls, who closes, and death. */

#if PRODUCERS == 1
#define ALL_GONE (gone[0] == 2)
#elif PRODUCERS == 2
#define ALL_GONE (gone[0] == 2 && gone[1] == 2)
#else
#define ALL_GONE (gone[0] == 2 && gone[1] == 2 && gone[2] == 2)
#endif

#ifdef REQUESTS
/* Asks for something besides the ring, and waits for it. */
proctype caller() {
  bit was;
  byte left = REQUESTS;

  do
  :: left > 0 ->
     request = 1;
     /* wal/control.ts requestFlush `this.ring.wakeConsumer()` */
     wakeConsumer(was);
     request == 0;
     left--
  :: else -> break
  od;
  callsAnswered = 1
}
#endif

#ifdef DEATHS
/* Kills at any step, or after the end: the first producers, as all are alike. */
proctype killer() {
  killed[0] = 1
#if DEATHS > 1
  ; killed[1] = 1
#endif
}
#endif

/*
 * Whoever started the threads: learns of the end of each, in any order, and revokes its owner, whether it was killed or
 * not. Closes the ring once everything that was ever claimed has arrived: while it waits nobody is woken by it, so that
 * a lost message or a missed wake-up ends in a state from which nothing goes on, which spin reports.
 */
#define ALL_ARRIVED (taken == claimedNext && unpublished == 0)
#ifdef REQUESTS
#define ALL_ANSWERED callsAnswered
#else
#define ALL_ANSWERED true
#endif
#ifdef DEATHS
#define ALL_PLACES_FREE (revoked == 0)
#else
#define ALL_PLACES_FREE true
#endif
#define EVERYTHING_DONE (sealed || (ALL_ARRIVED && ALL_ANSWERED && ALL_PLACES_FREE))

proctype supervisor() {
  byte thread;
  bit was;

  do
#ifdef DEATHS
  :: gone[0] == 1 -> gone[0] = 2; revokeOwner(ownerOf[0])
#if PRODUCERS > 1
  :: gone[1] == 1 -> gone[1] = 2; revokeOwner(ownerOf[1])
#endif
#if PRODUCERS > 2
  :: gone[2] == 1 -> gone[2] = 2; revokeOwner(ownerOf[2])
#endif
#endif
  :: ALL_GONE -> break
  od;
#ifndef CLOSE_AT_ANY_TIME
  EVERYTHING_DONE;
  close();
#endif
#ifndef POISONED
  sealed;
  assert(taken == claimedNext);
  assert(unpublished == 0);
#ifdef DEATHS
  assert(lost <= DEATHS)
#else
  assert(lost == 0)
#endif
#endif
}

#ifdef CLOSE_AT_ANY_TIME
proctype closer() {
  byte thread;
  bit was;

  close()
}
#endif
