import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * The wall clock as a process sees it: so many days off as `RINGWAL_DAYS` says, and three times a second it jumps besides, by
 * up to 3 days, forth and back.
 */
const SOURCE = `
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static long offset(void) {
  static const long days[] = {0, 3, -2, 1, -1, 0, -3};
  struct timespec now;
  syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &now);
  long thirds = now.tv_sec * 3 + now.tv_nsec / 333333334;
  const char *base = getenv("RINGWAL_DAYS");
  return (days[thirds % 7] + (base ? atol(base) : 0)) * 86400;
}

int clock_gettime(clockid_t clock, struct timespec *into) {
  int result = syscall(SYS_clock_gettime, clock, into);
  if (clock == CLOCK_REALTIME && result == 0) into->tv_sec += offset();
  return result;
}

int gettimeofday(struct timeval *into, void *zone) {
  struct timespec now;
  int result = clock_gettime(CLOCK_REALTIME, &now);
  into->tv_sec = now.tv_sec;
  into->tv_usec = now.tv_nsec / 1000;
  return result;
}
`

/** Builds a library that makes the wall clock jump. @returns its path, or why there is none */
export function buildClockShim(dir: string): { path: string } | { why: string } {
  const source = join(dir, 'clock.c')
  const path = join(dir, 'clock.so')
  writeFileSync(source, SOURCE)
  const built = spawnSync('gcc', ['-shared', '-fPIC', '-O1', '-o', path, source], { encoding: 'utf8' })
  if (built.status === 0) return { path }
  return { why: `no C compiler here: ${built.error?.message ?? built.stderr}` }
}
