/** Rules that choose the routing table (linux/fib_rules.h, ip-rule(8)). */
import { type Address, type Family, formatPrefix, type Prefix } from "../../model/address.ts";
import { AttributeReader, type AttributeWriter, LITTLE_ENDIAN } from "./attribute.ts";
import { NetlinkDecodeError } from "./error.ts";
import { addressBytes, AF, readInet } from "./inet.ts";
import { NLM_F } from "./message.ts";
import { type Change, message } from "./rtnetlink.ts";

/** RTM_* of linux/rtnetlink.h. */
const RTM = { NEWRULE: 32, DELRULE: 33, GETRULE: 34 } as const;
/** Bytes of struct fib_rule_hdr: family, both prefix lengths, TOS, table, two reserved, action, flags. */
const HEADER = 12;
/** FRA_*. */
const FRA = {
  DST: 1,
  SRC: 2,
  IIFNAME: 3,
  GOTO: 4,
  PRIORITY: 6,
  FWMARK: 10,
  SUPPRESS_PREFIXLEN: 14,
  TABLE: 15,
  FWMASK: 16,
  OIFNAME: 17,
  L3MDEV: 19,
  PROTOCOL: 21,
  IP_PROTO: 22,
  SPORT_RANGE: 23,
  DPORT_RANGE: 24,
} as const;
/** FR_ACT_*. */
const ACTIONS = { table: 1, vrf: 1, goto: 2, nop: 3, blackhole: 6, unreachable: 7, prohibit: 8 } as const;
/** FIB_RULE_INVERT. */
const INVERT = 0x2;
/** Bytes of struct fib_rule_port_range. */
const PORT_RANGE = 4;
/** The kernel's word for no limit, as a signed integer. */
const NO_SUPPRESSION = -1;

/** 1 to 65534: the kernel takes no range that ends at 65535. */
export interface PortRange {
  readonly from: number;
  readonly to: number;
}

/** A rule to add or to take away. All that is said must fit for the rule to act. */
export interface NewRule {
  readonly family: Family;
  /** The lowest is asked first. Several rules may share one. */
  readonly priority: number;
  /** The rule acts on packets that do not fit. */
  readonly not?: boolean;
  readonly source?: Prefix;
  readonly destination?: Prefix;
  /** Name of the device that packets come in by; `lo` for this machine's own. */
  readonly incoming?: string;
  /** Name of the device that packets are bound to leave by. */
  readonly outgoing?: string;
  /** All bits count where there is no mask. */
  readonly mark?: { readonly value: number; readonly mask: number };
  /** Of the IP header. */
  readonly tos?: number;
  /** IANA number of the protocol. */
  readonly protocol?: number;
  readonly sourcePorts?: PortRange;
  readonly destinationPorts?: PortRange;
  readonly action: RuleAction;
  /** Routes found in the table count only if their prefix is longer than this. */
  readonly suppressPrefixLength?: number;
  /** RTPROT_*: who set it: 2 the kernel, 3 by hand. */
  readonly origin?: number;
}

/**
 * Ask a table, or that of the VRF that the packet's device belongs to; go on at the rule with a priority; go on behind
 * this rule; or end it.
 */
export type RuleAction =
  | { readonly type: "table"; readonly table: number }
  | { readonly type: "goto"; readonly priority: number }
  | { readonly type: "vrf" | "nop" | "blackhole" | "unreachable" | "prohibit" };

/** A rule as the kernel lists it. */
export interface Rule extends Omit<NewRule, "action"> {
  readonly action: RuleAction | { readonly type: "other" };
}

/** Asks for all rules of one IP version or of both; for `Netlink.dump`. */
export function ruleDump(family?: Family): Uint8Array<ArrayBuffer> {
  return message(RTM.GETRULE, 0, [family === undefined ? 0 : AF[family], ...new Uint8Array(HEADER - 1)]);
}

/** Adds a rule; refused with EEXIST where there is the very same one. */
export function newRule(rule: NewRule): Change {
  return change("add", RTM.NEWRULE, NLM_F.CREATE | NLM_F.EXCL, rule);
}

/** Takes the first rule away that is as said. */
export function delRule(rule: NewRule): Change {
  return change("delete", RTM.DELRULE, 0, rule);
}

/** Reads the payload of an RTM_NEWRULE or RTM_DELRULE of IPv4 or IPv6; null for other families. Throws a `NetlinkDecodeError`. */
export function readRule(payload: Uint8Array): Rule | null {
  if (payload.length < HEADER) throw new NetlinkDecodeError(`a rule of ${payload.length} bytes`);
  const [af, toLength = 0, fromLength = 0, tos = 0, shortTable = 0, , , action = 0] = payload;
  const family = af === AF[4] ? 4 : af === AF[6] ? 6 : null;
  if (family === null) return null;
  const flags = new DataView(payload.buffer, payload.byteOffset, payload.length).getUint32(8, LITTLE_ENDIAN);
  const attributes = new AttributeReader(payload, HEADER);
  const rule: { -readonly [Key in keyof Rule]?: Rule[Key] } = { family, priority: 0 };
  let [table, target] = [shortTable, 0];
  let vrf = false;
  let mark: number | undefined;
  let mask = 0;
  while (attributes.next()) {
    switch (attributes.type) {
      case FRA.DST:
        rule.destination = { ...readInet(attributes.bytes()), length: toLength };
        break;
      case FRA.SRC:
        rule.source = { ...readInet(attributes.bytes()), length: fromLength };
        break;
      case FRA.IIFNAME:
        rule.incoming = attributes.string();
        break;
      case FRA.OIFNAME:
        rule.outgoing = attributes.string();
        break;
      case FRA.GOTO:
        target = attributes.u32();
        break;
      case FRA.PRIORITY:
        rule.priority = attributes.u32();
        break;
      case FRA.FWMARK:
        mark = attributes.u32();
        break;
      case FRA.FWMASK:
        mask = attributes.u32();
        break;
      case FRA.SUPPRESS_PREFIXLEN:
        if (attributes.i32() !== NO_SUPPRESSION) rule.suppressPrefixLength = attributes.i32();
        break;
      case FRA.TABLE:
        table = attributes.u32();
        break;
      case FRA.L3MDEV:
        vrf = attributes.u8() !== 0;
        break;
      case FRA.PROTOCOL:
        if (attributes.u8() !== 0) rule.origin = attributes.u8();
        break;
      case FRA.IP_PROTO:
        rule.protocol = attributes.u8();
        break;
      case FRA.SPORT_RANGE:
        rule.sourcePorts = readPorts(attributes.bytes());
        break;
      case FRA.DPORT_RANGE:
        rule.destinationPorts = readPorts(attributes.bytes());
    }
  }
  if ((flags & INVERT) !== 0) rule.not = true;
  if (tos !== 0) rule.tos = tos;
  if (mark !== undefined || mask !== 0) rule.mark = { value: mark ?? 0, mask };
  return {
    ...rule,
    family,
    priority: rule.priority ?? 0,
    action: vrf ? { type: "vrf" } : actionOf(action, table, target),
  };
}

function actionOf(number: number, table: number, target: number): Rule["action"] {
  switch (number) {
    case ACTIONS.table:
      return { type: "table", table };
    case ACTIONS.goto:
      return { type: "goto", priority: target };
    case ACTIONS.blackhole:
      return { type: "blackhole" };
    case ACTIONS.unreachable:
      return { type: "unreachable" };
    case ACTIONS.prohibit:
      return { type: "prohibit" };
    case ACTIONS.nop:
      return { type: "nop" };
    default:
      return { type: "other" };
  }
}

function readPorts(bytes: Uint8Array): PortRange {
  if (bytes.length < PORT_RANGE) throw new NetlinkDecodeError(`a range of ports in ${bytes.length} bytes`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return { from: view.getUint16(0, LITTLE_ENDIAN), to: view.getUint16(2, LITTLE_ENDIAN) };
}

function writePorts(writer: AttributeWriter, type: number, ports: PortRange | undefined): void {
  if (ports === undefined) return;
  const bytes = new Uint8Array(PORT_RANGE);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, ports.from, LITTLE_ENDIAN);
  view.setUint16(2, ports.to, LITTLE_ENDIAN);
  writer.bytes(type, bytes);
}

function writeAddress(writer: AttributeWriter, type: number, address: Address | undefined): void {
  if (address !== undefined) writer.bytes(type, addressBytes(address));
}

function change(verb: string, type: number, flags: number, rule: NewRule): Change {
  const { source, destination, action, mark } = rule;
  const table = action.type === "table" ? action.table : 0;
  const header = new Uint8Array(HEADER);
  header.set([AF[rule.family], destination?.length ?? 0, source?.length ?? 0, rule.tos ?? 0, table < 256 ? table : 0]);
  header[7] = ACTIONS[action.type];
  new DataView(header.buffer).setUint32(8, rule.not ? INVERT : 0, LITTLE_ENDIAN);
  return {
    operation: `${verb} ${ruleWords(rule)}`,
    message: message(type, flags, header, (writer) => {
      writeAddress(writer, FRA.SRC, source);
      writeAddress(writer, FRA.DST, destination);
      if (rule.incoming !== undefined) writer.string(FRA.IIFNAME, rule.incoming);
      if (rule.outgoing !== undefined) writer.string(FRA.OIFNAME, rule.outgoing);
      if (mark !== undefined) {
        writer.u32(FRA.FWMARK, mark.value);
        writer.u32(FRA.FWMASK, mark.mask);
      }
      if (rule.protocol !== undefined) writer.u8(FRA.IP_PROTO, rule.protocol);
      writePorts(writer, FRA.SPORT_RANGE, rule.sourcePorts);
      writePorts(writer, FRA.DPORT_RANGE, rule.destinationPorts);
      if (rule.suppressPrefixLength !== undefined) writer.u32(FRA.SUPPRESS_PREFIXLEN, rule.suppressPrefixLength);
      if (action.type === "goto") writer.u32(FRA.GOTO, action.priority);
      if (action.type === "vrf") writer.u8(FRA.L3MDEV, 1);
      if (table > 255) writer.u32(FRA.TABLE, table);
      writer.u32(FRA.PRIORITY, rule.priority);
      if (rule.origin !== undefined) writer.u8(FRA.PROTOCOL, rule.origin);
    }),
  };
}

/** As `IPv4 rule 50 from 10.0.0.0/8 to table 100`. */
function ruleWords({ family, priority, source, destination, action }: NewRule): string {
  const from = source === undefined ? "" : ` from ${formatPrefix(source)}`;
  const to = destination === undefined ? "" : ` to ${formatPrefix(destination)}`;
  const what = action.type === "table" ? `table ${action.table}` : action.type;
  return `IPv${family} rule ${priority}${from}${to}: ${what}`;
}
