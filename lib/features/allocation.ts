/** The one place where numbers that the whole machine shares are given out. */

/** The table that is Patronus's own. */
export const TABLE = { family: "inet", name: "patronus" } as const;

/** NFLOG group of the packet log. */
export const LOG_GROUP = 5;

/** RTPROT_* of the routes that are Patronus's own: free in iproute2's rt_protos. */
export const ORIGIN_PATRONUS = 80;
/** RTPROT_DHCP of linux/rtnetlink.h: routes that leases bring. */
export const ORIGIN_DHCP = 16;
/** RTPROT_RA: routes of router advertisements. */
export const ORIGIN_RA = 9;

/** Priorities of base chains (NF_IP_PRI_* of linux/netfilter_ipv4.h): raw, dstnat, filter, srcnat. */
export const PRIORITY = { raw: -300, dstnat: -100, filter: 0, srcnat: 100 } as const;

/** Ids that the compiler uses itself; a rule of the document may not begin with these. */
export const RESERVED_PREFIXES: readonly string[] = ["system-", "default-", "lockout", "slot-"];

/** A rule's id that is made of words: one that would be the compiler's own gets `rule-` in front. */
export function ruleId(made: string): string {
  return RESERVED_PREFIXES.some((prefix) => made.startsWith(prefix)) ? `rule-${made}`.slice(0, 48) : made;
}
