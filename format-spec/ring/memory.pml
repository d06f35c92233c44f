/*
 * The words of the shared memory (src/ring/layout.ts), scaled down, and what only the proof knows.
 *
 * A slot word: used, published and pad bits, the place of the owner, units; free: the lap that freed it.
 */

#ifndef CAP
#define CAP 8                 /* units of the ring: a power of two */
#endif
#ifndef MARGIN
#define MARGIN 0              /* units in front of the consumer that it keeps */
#endif
#define UNITS_PER_SLOT 2      /* 4 in the code: the smallest claim fills a slot here as there */
#define SLOTS (CAP / UNITS_PER_SLOT)

#ifndef START
#define START 250             /* positions wrap at 256, as those of the code at 2^32 */
#endif
#define POSITION_MASK 255
#define FIRST_SEQUENCE 6      /* the low half of the sequence in the tail wraps at 8 here, at 2^32 there */
#define SEQUENCE_MASK 7

#define USED 128
#define PUBLISHED 64
#define PAD 32
#define OWNER_SHIFT 3
#define OWNER_MASK 3
#define UNITS_MASK 7

#define FREE 0
#define ALIVE 1
#define DEAD 2
#define STATE_MASK 3
#define GENERATION 4

#ifndef PRODUCERS
#define PRODUCERS 2           /* threads that send, in all */
#endif
#ifndef PLACES
#define PLACES PRODUCERS      /* places for them: a thread waits until one is free */
#endif

#ifndef MESSAGES
#define MESSAGES 2            /* of each producer */
#endif
#ifndef ALONE
#define ALONE 0               /* messages of the first producer before it shares the ring; 0: it is shared at once */
#endif
#ifndef UNITS_MIN
#define UNITS_MIN 2
#endif
#ifndef UNITS_MAX
#define UNITS_MAX 3           /* at most (CAP - MARGIN) / 2, as ring-memory.ts claimMax */
#endif
#ifndef COUNT_MAX
#define COUNT_MAX 1           /* sequence numbers of a claim */
#endif

#ifdef SPINS
#define SPINNING 1
#else
#define SPINNING 0
#endif

#if PRODUCERS * MESSAGES * COUNT_MAX > 9
#error "more sequence numbers than a frame of this model holds"
#endif

#define OFFSET(position) ((position) & (CAP - 1))
#define SLOT_OF(position) (OFFSET(position) / UNITS_PER_SLOT)
#define ROOM_AT(position) (CAP - OFFSET(position))
#define PAD_FOR(position, units) ((units) > ROOM_AT(position) -> ROOM_AT(position) : 0)

byte tailPosition = START     /* TAIL_AT: these two are one word of 64 bits */
byte tailSequence = FIRST_SEQUENCE & SEQUENCE_MASK
byte head = (START - MARGIN) & POSITION_MASK
byte consumed = FIRST_SEQUENCE
bit parked, dozing
bit spaceWaiters
byte spaceWakes
bit closed
byte revoked
byte blockState[PLACES]       /* generation and state */
byte blockCount[PLACES] = 1
byte slot[SLOTS]

/*
 * The bytes of a claim: in each unit the number that the thread was given for it, its count and its units; 0 once they
 * are released, so that a write into what is not, or a read of what is not written yet, is seen.
 */
byte cell[CAP]
#define TOMBSTONE 128
#define FRAME(sequence, count, units) (((sequence) << 3) | (((count) - 1) << 2) | ((units) - 2))
#define FRAME_SEQUENCE(frame) (((frame) >> 3) & 15)
#define FRAME_COUNT(frame) ((((frame) >> 2) & 1) + 1)
#define FRAME_UNITS(frame) (((frame) & 3) + 2)

/* Who sleeps in Atomics.wait, and on which word. Nobody has a time-out unless it says so. */
#define ON_NOTHING 0
#define ON_PARKED 1
#define ON_DOZING 2
byte consumerSleeps = ON_NOTHING
bit producerSleeps[PRODUCERS]

/* What only the proof knows. */
bit isShared = (ALONE == 0)
byte claimedNext = FIRST_SEQUENCE  /* the sequence number of the next claim that succeeds */
byte taken = FIRST_SEQUENCE        /* the sequence number that the consumer expects next */
byte unpublished                   /* claims not published yet */
byte lost
bit sealed
bit killed[PRODUCERS]
byte gone[PRODUCERS]               /* 1: its thread is gone, 2: and that is known, or need not be */
byte ownerOf[PRODUCERS]
bit request, callsAnswered         /* a caller asked for a sync and waits for it */
