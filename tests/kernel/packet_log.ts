/**
 * Listens to the packet log of its network namespace and prints a line of JSON for each packet: a program of its own,
 * because the log belongs to the router's namespace. Ends when it is killed.
 *
 * Numbers are those of linux/netfilter/nfnetlink_log.h.
 */
import { LOG_GROUP } from "../../lib/features/allocation.ts";
import { errno, libc } from "../../lib/netlink/socket/libc.ts";
import { AttributeReader, AttributeWriter, LITTLE_ENDIAN } from "../../lib/netlink/wire/attribute.ts";
import { errnoName } from "../../lib/netlink/wire/errno.ts";
import { errorOf, isError, NLM_F, splitMessages } from "../../lib/netlink/wire/message.ts";
import { nfgenmsg } from "../../lib/netlink/wire/nfnetlink.ts";

/** A packet as it was logged. */
export interface Logged {
  readonly prefix: string;
  /** IP version of the packet itself. */
  readonly version: number;
}

const AF_NETLINK = 16;
const SOCK_RAW_CLOEXEC = 3 | 0o2000000;
const NETLINK_NETFILTER = 12;
const POLLIN = 1;

/** NFNL_SUBSYS_ULOG, the high byte of NFULNL_MSG_PACKET and NFULNL_MSG_CONFIG. */
const PACKET = 4 << 8;
const CONFIG = (4 << 8) | 1;
/** NFULA_CFG_CMD with NFULNL_CFG_CMD_BIND; NFULA_CFG_MODE with NFULNL_COPY_PACKET; NFULA_CFG_QTHRESH. */
const CFG_CMD = 1;
const BIND = 1;
const CFG_MODE = 2;
const COPY_PACKET = 2;
const CFG_QTHRESH = 5;
/** Bytes of each packet: its first one holds the version. */
const RANGE = 64;
const NFULA_PAYLOAD = 9;
const NFULA_PREFIX = 10;
/** Bytes of struct nfgenmsg. */
const NFGENMSG = 4;

/** Binds the group: from now on this socket gets its packets, each in a message of its own. */
function bind(fd: number): void {
  const writer = new AttributeWriter(256, 1, true);
  writer.message(CONFIG, NLM_F.REQUEST | NLM_F.ACK, nfgenmsg(0, LOG_GROUP));
  writer.u8(CFG_CMD, BIND);
  // struct nfulnl_msg_config_mode: copy range in network order, mode, padding.
  writer.bytes(CFG_MODE, new Uint8Array([0, 0, 0, RANGE, COPY_PACKET, 0]));
  writer.be32(CFG_QTHRESH, 1);
  const message = writer.finish();
  const kernel = new Uint8Array(12);
  new DataView(kernel.buffer).setUint16(0, AF_NETLINK, LITTLE_ENDIAN);
  check(libc().sendto(fd, message, BigInt(message.length), 0, kernel, kernel.length), "send");
}

/** Waits for a datagram and gives the packets in it. Throws what the kernel refuses. */
async function receive(fd: number): Promise<Logged[]> {
  // struct pollfd: fd, events, revents.
  const wait = new Uint8Array(8);
  new DataView(wait.buffer).setInt32(0, fd, LITTLE_ENDIAN);
  new DataView(wait.buffer).setInt16(4, POLLIN, LITTLE_ENDIAN);
  await libc().poll(wait, 1n, -1);
  const buffer = new Uint8Array(64 * 1024);
  const size = check(libc().recvfrom(fd, buffer, BigInt(buffer.length), 0, null, null), "receive");
  return splitMessages(buffer.subarray(0, size)).flatMap((message) => {
    const error = isError(message) ? errorOf(message, () => `bind log group ${LOG_GROUP}`) : null;
    if (error !== null) throw error;
    return message.type === PACKET ? [packet(new AttributeReader(message.payload, NFGENMSG))] : [];
  });
}

function packet(attributes: AttributeReader): Logged {
  let [prefix, version] = ["", 0];
  while (attributes.next()) {
    if (attributes.type === NFULA_PREFIX) prefix = attributes.string();
    else if (attributes.type === NFULA_PAYLOAD) version = attributes.u8() >> 4;
  }
  return { prefix, version };
}

function check(result: number | bigint, what: string): number {
  if (Number(result) < 0) throw new Error(`cannot ${what}: ${errnoName(errno())}`);
  return Number(result);
}

if (import.meta.main) {
  const fd = check(libc().socket(AF_NETLINK, SOCK_RAW_CLOEXEC, NETLINK_NETFILTER), "open a netlink socket");
  bind(fd);
  // The first answer is the acknowledgement.
  await receive(fd);
  console.log("ready");
  while (true) for (const logged of await receive(fd)) console.log(JSON.stringify(logged));
}
