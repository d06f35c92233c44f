/*
 * The ring of ringwal (src/ring) in Promela, for the model checker spin. README.md beside this tells what is modelled
 * and what is not, how to run it, and which definitions make which configuration.
 */

#include "memory.pml"
#include "wake.pml"
#include "claims.pml"
#include "exclusive.pml"
#include "owners.pml"
#include "producer.pml"
#include "collect.pml"
#include "reap.pml"
#include "adopt.pml"
#include "rest.pml"
#include "consumer.pml"
#include "others.pml"

init {
  atomic {
    run consumer();
    run producer(0);
#if PRODUCERS > 1
    run producer(1);
#endif
#if PRODUCERS > 2
    run producer(2);
#endif
    run supervisor();
#ifdef DEATHS
    run killer();
#endif
#ifdef REQUESTS
    run caller();
#endif
#ifdef CLOSE_AT_ANY_TIME
    run closer();
#endif
  }
}
