// Addresses of the internet, as opposed to this machine, its neighbours and what providers put beside it. From the registries of
// special-purpose addresses (RFC 6890 and its successors).
import { BlockList, isIP } from "node:net";

type Subnets = readonly [network: string, prefix: number][];

/** This machine, its link (metadata services of clouds), groups of machines, and addresses that stand for another one. */
const NEVER = listOf(
  [
    ["0.0.0.0", 8],
    ["127.0.0.0", 8],
    ["169.254.0.0", 16],
    ["224.0.0.0", 3],
  ],
  [
    ["::", 96],
    ["::ffff:0:0", 96],
    ["64:ff9b::", 32],
    ["2001::", 23],
    ["2002::", 16],
    ["fe80::", 9],
    ["ff00::", 8],
    ["fd00:ec2::", 32],
  ],
);
/** Networks that end at a router, and addresses that are nobody's. */
const PRIVATE = listOf(
  [
    ["10.0.0.0", 8],
    ["100.64.0.0", 10],
    ["172.16.0.0", 12],
    ["192.0.0.0", 24],
    ["192.0.2.0", 24],
    ["192.88.99.0", 24],
    ["192.168.0.0", 16],
    ["198.18.0.0", 15],
    ["198.51.100.0", 24],
    ["203.0.113.0", 24],
  ],
  [
    ["2001:db8::", 32],
    ["3fff::", 20],
  ],
);
const GLOBAL = listOf([["0.0.0.0", 0]], [["2000::", 3]]);

/** False also for what is no address, and for IPv4 addresses in the clothes of IPv6.
 * @param inner whether networks that end at a router count as well. */
export function isReachable(address: string, inner: boolean): boolean {
  const version = isIP(address);
  if (version === 0) return false;
  const family = version === 4 ? "ipv4" : "ipv6";
  if (NEVER[family].check(address, family)) return false;
  return inner || (!PRIVATE[family].check(address, family) && GLOBAL[family].check(address, family));
}

/** Two lists, because to one of both every IPv4 address would be a mapped one of IPv6. */
function listOf(four: Subnets, six: Subnets): Record<"ipv4" | "ipv6", BlockList> {
  const lists = { ipv4: new BlockList(), ipv6: new BlockList() };
  for (const [network, prefix] of four) lists.ipv4.addSubnet(network, prefix, "ipv4");
  for (const [network, prefix] of six) lists.ipv6.addSubnet(network, prefix, "ipv6");
  return lists;
}
