import * as z from 'zod'
import { ack } from './ack.ts'
import { bye } from './bye.ts'
import { call } from './call.ts'
import { noted } from './noted.ts'
import { ping } from './ping.ts'
import { pong } from './pong.ts'
import { push } from './push.ts'
import { reject } from './reject.ts'
import { reply } from './reply.ts'

/** What either end may say once they have greeted each other. */
export const both = z.discriminatedUnion('type', [push, ack, reject, noted, call, reply, ping, pong, bye])
export type Both = z.infer<typeof both>
