import { BlockList, isIP } from "node:net";

/**
 * IPv4 addresses that no public server has: private, loopback, link-local, shared, reserved, documentation, multicast
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
/** All but 2000::/3, the only range that is given out (RFC 4291, 2.4), and what is special inside of it. */
const BLOCKED_IPV6 = ["::/3", "4000::/2", "8000::/1", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"];

/** Lists of their own: in a common one `::/3` would stand for every IPv4 address too. */
interface AddressLists {
  readonly ipv4: BlockList;
  readonly ipv6: BlockList;
}

const blocked: AddressLists = { ipv4: toBlockList(BLOCKED_IPV4, "ipv4"), ipv6: toBlockList(BLOCKED_IPV6, "ipv6") };
const loopback: AddressLists = { ipv4: toBlockList(["127.0.0.0/8"], "ipv4"), ipv6: toBlockList(["::1/128"], "ipv6") };

/** Whether an address belongs to no public server. IPv4 inside IPv6 (mapped, NAT64) is judged as the IPv4 it is. */
export function isBlockedAddress(address: string): boolean {
  return judge(address, blocked, true);
}

/** Whether an address is this machine's own. */
export function isLoopbackAddress(address: string): boolean {
  return judge(address, loopback, false);
}

function judge(address: string, lists: AddressLists, otherwise: boolean): boolean {
  const family = isIP(address);
  if (family === 4) return lists.ipv4.check(address, "ipv4");
  if (family !== 6) return otherwise;
  const inner = innerIpv4(address);
  return inner === undefined ? lists.ipv6.check(address, "ipv6") : lists.ipv4.check(inner, "ipv4");
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

function toBlockList(ranges: readonly string[], family: "ipv4" | "ipv6"): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [network = "", prefix] = range.split("/");
    list.addSubnet(network, Number(prefix), family);
  }
  return list;
}
