/** The process that loads peers to see which can be used; it writes what it found to file descriptor 3. */
import { writeSync } from 'node:fs'
import { PEERS } from './all-peers.ts'
import type { Found } from './peer.ts'

const wanted = process.argv.slice(2)
const found = PEERS.filter(({ name }) => wanted.includes(name)).map((peer): [string, Found] => [peer.name, peer.find()])
writeSync(3, JSON.stringify(found))
