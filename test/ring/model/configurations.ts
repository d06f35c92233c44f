/* What is searched: each configuration has what it adds, and leaves out what others have, or it would not fit. */
import type { Search } from './spin.ts'

export interface Configuration extends Search {
  readonly name: string
  readonly what: string
}

function all(name: string, defines: string, what: string): Configuration {
  return { name, what, defines: defines.split(' ') }
}

function circles(name: string, defines: string, what: string): Configuration {
  return { ...all(name, defines, what), circles: true }
}

/** In every run of the suite. */
export const SLICE: readonly Configuration[] = [
  all('claims', 'SPINS PRODUCERS=2 MESSAGES=2', 'two producers, wrap and padding, the ring full'),
  all('counts', 'SPINS PRODUCERS=2 MESSAGES=2 COUNT_MAX=2 UNITS_MIN=3', 'claims of one or two sequence numbers'),
  all('pieces', 'SPINS PRODUCERS=2 MESSAGES=2 MARGIN=1 LIMIT=3 UNITS_MIN=3', 'a margin; a limit for each collect'),
  all('ready', 'SPINS PRODUCERS=2 MESSAGES=2 ASKS_READY UNITS_MIN=3', 'hasReady before each collect'),
  all(
    'alone',
    'SPINS PRODUCERS=2 MESSAGES=2 ALONE=1',
    'an exclusive producer, shrunk and cancelled claims, then share',
  ),
  all('death', 'SPINS PRODUCERS=2 MESSAGES=1 DEATHS=1', 'a producer dies at any step; adopt and reap'),
  all('places', 'SPINS PRODUCERS=2 PLACES=1 MESSAGES=1 DEATHS=1 OWNERS', 'a place has one thread after the other'),
  all('close', 'SPINS PRODUCERS=2 MESSAGES=1 CLOSE_AT_ANY_TIME', 'close and seal at any step'),
  all('park', 'PRODUCERS=2 MESSAGES=1', 'the consumer parks'),
  all('space', 'PRODUCERS=2 MESSAGES=1 UNITS_MIN=4 UNITS_MAX=4 START=254', 'producers wait for space'),
  all('space-one', 'PRODUCERS=1 MESSAGES=4', 'one producer waits for space again and again'),
  all(
    'give-up',
    'PRODUCERS=2 MESSAGES=1 UNITS_MIN=4 UNITS_MAX=4 START=254 GIVES_UP',
    'a producer gives up a full ring',
  ),
  all('doze', 'PRODUCERS=1 MESSAGES=2 DOZE REQUESTS=1', 'the consumer dozes or parks; requests wake it'),
  all(
    'doze-full',
    'PRODUCERS=1 MESSAGES=3 UNITS_MIN=4 UNITS_MAX=4 DOZE DOZE_ONLY',
    'a full ring wakes a dozing consumer',
  ),
  all('park-death', 'PRODUCERS=1 MESSAGES=2 DEATHS=1', 'a producer dies at any step of a wake-up'),
  all(
    'poison',
    `PRODUCERS=1 MESSAGES=3 UNITS_MIN=4 UNITS_MAX=4 CLOSE_AT_ANY_TIME POISONED`,
    'close, and nobody takes more',
  ),
  all('park-close', 'PRODUCERS=1 MESSAGES=2 CLOSE_AT_ANY_TIME START=254', 'close at any step of a sleep'),
  circles('no-waiting', 'SPINS PRODUCERS=2 MESSAGES=1 DEATHS=1', 'no claim and no consumer goes round in circles'),
]

const LARGE = 'UNITS_MIN=4 UNITS_MAX=4'

/** Searches for a campaign, besides those above; the smallest first. */
export const CAMPAIGN: readonly Configuration[] = [
  all('claims-long', 'SPINS PRODUCERS=2 MESSAGES=4 UNITS_MIN=3', 'two producers, four claims each, several laps'),
  all('alone-long', 'SPINS PRODUCERS=2 MESSAGES=3 ALONE=1 UNITS_MIN=3', 'two shared claims after an exclusive one'),
  all('death-long', 'SPINS PRODUCERS=2 MESSAGES=2 DEATHS=1 UNITS_MIN=3', 'a death, and claims over several laps'),
  all('claims-three', 'SPINS PRODUCERS=3 MESSAGES=1', 'three producers'),
  all('close-death', 'SPINS PRODUCERS=2 MESSAGES=1 CLOSE_AT_ANY_TIME DEATHS=1', 'close and a death at any step'),
  all('death-counts', 'SPINS PRODUCERS=2 MESSAGES=1 COUNT_MAX=2 DEATHS=1', 'a death with claims of two numbers'),
  all('deaths', 'SPINS PRODUCERS=2 MESSAGES=1 DEATHS=2', 'both producers may die'),
  all('doze-two', 'PRODUCERS=2 MESSAGES=1 DOZE DOZE_ONLY REQUESTS=1', 'two producers, a caller, a consumer that dozes'),
  all('park-places', 'PRODUCERS=2 PLACES=1 MESSAGES=1 DEATHS=1 OWNERS', 'a place given on while the consumer sleeps'),
  all('park-death-two', 'PRODUCERS=2 MESSAGES=1 DEATHS=1 UNITS_MIN=3', 'two producers, of which one dies'),
  all('park-close-two', 'PRODUCERS=2 MESSAGES=1 CLOSE_AT_ANY_TIME', 'two producers, and a close'),
  all(
    'space-close',
    `PRODUCERS=2 MESSAGES=1 ${LARGE} START=254 CLOSE_AT_ANY_TIME`,
    'close while producers wait for space',
  ),
  circles('park-no-waiting', 'PRODUCERS=2 MESSAGES=1 DEATHS=1 UNITS_MIN=3', 'the same without circles, with sleep'),
  all('doze-death', 'PRODUCERS=1 MESSAGES=2 DOZE REQUESTS=2 DEATHS=1', 'a death, calls, and a consumer that dozes'),
  all('park-long', 'PRODUCERS=2 MESSAGES=2 UNITS_MIN=3', 'two claims each, and sleep'),
  all('doze-park', 'PRODUCERS=2 MESSAGES=1 DOZE REQUESTS=1', 'a consumer that dozes or parks'),
  all('alone-park', 'PRODUCERS=2 MESSAGES=2 ALONE=1 UNITS_MIN=3', 'share while the consumer sleeps'),
  all(
    'places-three',
    'SPINS PRODUCERS=3 PLACES=2 MESSAGES=1 DEATHS=1 OWNERS UNITS_MIN=3',
    'three threads in two places',
  ),
  all('claims-counts', 'SPINS PRODUCERS=2 MESSAGES=2 COUNT_MAX=2', 'every size with every count'),
  all('space-long', `PRODUCERS=2 MESSAGES=2 ${LARGE}`, 'producers wait for space again and again'),
  all(
    'close-dies',
    `PRODUCERS=2 MESSAGES=1 CLOSES DEATHS=1 ${LARGE} START=254`,
    'a producer closes, and may die in it',
  ),
  all('close-park-death', 'PRODUCERS=2 MESSAGES=1 CLOSE_AT_ANY_TIME DEATHS=1 UNITS_MIN=3', 'close, a death, and sleep'),
  all('deaths-park', 'PRODUCERS=2 MESSAGES=1 DEATHS=2 UNITS_MIN=3', 'both producers may die, and sleep'),
]
