import { BlockList, isIP } from "node:net";

/**
 * Addresses that no public server has: private, loopback, link-local, shared, reserved, documentation, multicast
 * (IANA special-purpose registries, RFC 6890 and its successors).
 */
const BLOCKED_IPV4 = [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.0.2.0/24",
  "192.88.99.0/24",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "224.0.0.0/4",
  "240.0.0.0/4",
];
const BLOCKED_IPV6 = [
  "::/127",
  "64:ff9b:1::/48",
  "100::/64",
  "2001::/23",
  "2001:db8::/32",
  "2002::/16",
  "3fff::/20",
  "5f00::/16",
  "fc00::/7",
  "fe80::/10",
  "fec0::/10",
  "ff00::/8",
];
const LOOPBACK = ["127.0.0.0/8", "::1/128"];

/** Whether an address belongs to no public server. IPv4 inside IPv6 (mapped, NAT64) is judged as the IPv4 it is. */
export function isBlockedAddress(address: string): boolean {
  return judge(address, blocked, true);
}

/** Whether an address is this machine's own. */
export function isLoopbackAddress(address: string): boolean {
  return judge(address, loopback, false);
}

const blocked = toBlockList([...BLOCKED_IPV4, ...BLOCKED_IPV6]);
const loopback = toBlockList(LOOPBACK);

function judge(address: string, list: BlockList, otherwise: boolean): boolean {
  const family = isIP(address);
  if (family === 4) return list.check(address, "ipv4");
  if (family !== 6) return otherwise;
  const inner = innerIpv4(address);
  return inner === undefined ? list.check(address, "ipv6") : list.check(inner, "ipv4");
}

/** The IPv4 address in `::ffff:0:0/96` (RFC 4291, 2.5.5.2) and `64:ff9b::/96` (RFC 6052, 2.1), else undefined. */
function innerIpv4(address: string): string | undefined {
  // The URL parser writes every spelling in one form: lower-case hex groups, the longest row of zeros shortened.
  const written = new URL(`http://[${address.split("%")[0]}]`).hostname.slice(1, -1);
  const match = /^(?:::ffff:|64:ff9b::)(?:([0-9a-f]{1,4}):)?([0-9a-f]{1,4})$/.exec(written);
  if (match === null) return undefined;
  const [high, low] = [Number.parseInt(match[1] ?? "0", 16), Number.parseInt(match[2] ?? "0", 16)];
  return [high >> 8, high & 255, low >> 8, low & 255].join(".");
}

function toBlockList(ranges: readonly string[]): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [network = "", prefix] = range.split("/");
    list.addSubnet(network, Number(prefix), network.includes(":") ? "ipv6" : "ipv4");
  }
  return list;
}
