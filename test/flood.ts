import { openSite } from '/work/main/test/support/site.ts'
import { closeCode, PING, TEXT } from '/work/main/test/support/wire.ts'
const site = await openSite()
const g = site.member('harbour').gateway
const h = (url: string, t: string) => [`Host: ${new URL(url).host}`, `Authorization: Bearer ${t}`]
for (const n of [10, 1100, 3000]) {
try { console.log(n, await Promise.race([closeCode(g.url, '/agents', h(g.url, g.agentTokens.get('robot-1')!), Array.from({ length: n }, () => ({ opcode: PING, payload: Buffer.alloc(0) }))), new Promise(r => setTimeout(r, 2000, 'none'))])) } catch (e) { console.log(n, String(e)) }
}
for (const n of [10, 51, 500]) {
try { console.log(n, await Promise.race([closeCode(site.cloud.url, '/ws/workflows', h(site.cloud.url, site.cloud.token), Array.from({ length: n }, () => ({ opcode: TEXT, payload: Buffer.from('{"type":"subscribe"}') }))), new Promise(r => setTimeout(r, 2000, 'none'))])) } catch (e) { console.log(n, String(e)) }
}
await site.stop()
process.exit(0)
