/**
 * Whom a workflow may call. A definition's author must not reach, through the gateway, what only the gateway can reach: itself, its
 * neighbours on the site's network, a cloud's metadata service. So addresses that are not public are refused, unless the gateway's own
 * configuration names their host.
 *
 * The address is judged when it is connected to, after the name was resolved: a name that resolves to something else a moment later
 * (DNS rebinding) gains nothing.
 */
import { lookup } from 'node:dns'
import { BlockList, isIP, type LookupFunction } from 'node:net'

/** Not globally reachable: IANA's special-purpose registries for IPv4 (RFC 6890) and IPv6. */
const NOT_PUBLIC: readonly (readonly [network: string, prefix: number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
]
/** Of IPv6 only what is given out for global use is public; within it, tunnels and documentation are not. */
const NOT_PUBLIC_6: readonly (readonly [network: string, prefix: number])[] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
]

const refused = new BlockList()
for (const [network, prefix] of NOT_PUBLIC) refused.addSubnet(network, prefix, 'ipv4')
for (const [network, prefix] of NOT_PUBLIC_6) refused.addSubnet(network, prefix, 'ipv6')
const global6 = new BlockList()
global6.addSubnet('2000::', 3, 'ipv6')

export const isPublicAddress = (address: string): boolean => {
  if (isIP(address) === 4) return !refused.check(address, 'ipv4')
  return isIP(address) === 6 && global6.check(address, 'ipv6') && !refused.check(address, 'ipv6')
}

export class AddressRefused extends Error {
  constructor(host: string, address: string) {
    super(`${host} is at ${address}, which is no public address; only the gateway's configuration can allow it (http.allowHosts)`)
    this.name = 'AddressRefused'
  }
}

/** A host as in a URL: IPv6 stands in brackets there. */
export const bareHost = (hostname: string): string => hostname.replace(/^\[(.*)\]$/, '$1')

/** Resolves names for a connection, and gives addresses only if all of them may be connected to. */
export const guardedLookup: LookupFunction = (host, options, callback) => {
  lookup(host, { ...options, all: true }, (error, addresses) => {
    const [first] = addresses ?? []
    if (error !== null || first === undefined) return callback(error ?? new Error(`${host} has no address`), '')
    const bad = addresses.find(({ address }) => !isPublicAddress(address))
    if (bad !== undefined) return callback(new AddressRefused(host, bad.address), '')
    if (options.all === true) callback(null, addresses)
    else callback(null, first.address, first.family)
  })
}
