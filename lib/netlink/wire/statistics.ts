/** What links have carried: 64-bit counters (struct rtnl_link_stats64 of linux/if_link.h, RTM_GETSTATS). */
import { AttributeReader, LITTLE_ENDIAN } from "./attribute.ts";
import { NetlinkDecodeError } from "./error.ts";
import { message } from "./rtnetlink.ts";

const RTM_GETSTATS = 94;
/** Bytes of struct if_stats_msg: family, padding, device index, filter. */
const HEADER = 12;
/** IFLA_STATS_LINK_64, and its bit in the filter. */
const LINK_64 = 1;
const FILTER = 1 << (LINK_64 - 1);

export interface Traffic {
  readonly packets: bigint;
  readonly bytes: bigint;
  /** Bad ones. */
  readonly errors: bigint;
  /** Good ones that there was no room for. */
  readonly dropped: bigint;
}

export interface LinkStatistics {
  /** Index of the device. */
  readonly device: number;
  readonly received: Traffic & { readonly multicast: bigint };
  readonly sent: Traffic & { readonly collisions: bigint };
}

/** The order of the counters in struct rtnl_link_stats64, as far as they are read. */
const ORDER = {
  received: { packets: 0, bytes: 2, errors: 4, dropped: 6, multicast: 8 },
  sent: { packets: 1, bytes: 3, errors: 5, dropped: 7, collisions: 9 },
} as const;
const COUNTERS = 10;

/** Asks for the counters of all links; for `Netlink.dump`. */
export function statisticsDump(): Uint8Array<ArrayBuffer> {
  return message(RTM_GETSTATS, 0, header(0));
}

/** Asks for the counters of one link. */
export function getStatistics(device: number): Uint8Array<ArrayBuffer> {
  return message(RTM_GETSTATS, 0, header(device));
}

/** Reads the payload of an RTM_NEWSTATS. Throws a `NetlinkDecodeError`. */
export function readStatistics(payload: Uint8Array): LinkStatistics {
  if (payload.length < HEADER) throw new NetlinkDecodeError(`statistics of ${payload.length} bytes`);
  const view = new DataView(payload.buffer, payload.byteOffset, payload.length);
  const attributes = new AttributeReader(payload, HEADER);
  while (attributes.next()) {
    if (attributes.type !== LINK_64) continue;
    if (attributes.size < COUNTERS * 8) throw new NetlinkDecodeError(`link counters of ${attributes.size} bytes`);
    const start = attributes.offset;
    const counters = <Name extends string>(order: Readonly<Record<Name, number>>) =>
      Object.fromEntries(
        Object.entries<number>(order).map(([name, at]) => [name, view.getBigUint64(start + at * 8, LITTLE_ENDIAN)]),
      ) as Record<Name, bigint>;
    return {
      device: view.getUint32(4, LITTLE_ENDIAN),
      received: counters(ORDER.received),
      sent: counters(ORDER.sent),
    };
  }
  throw new NetlinkDecodeError("statistics without link counters");
}

function header(device: number): Uint8Array {
  const bytes = new Uint8Array(HEADER);
  const view = new DataView(bytes.buffer);
  view.setUint32(4, device, LITTLE_ENDIAN);
  view.setUint32(8, FILTER, LITTLE_ENDIAN);
  return bytes;
}
