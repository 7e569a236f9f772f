/** `nat`, `masq` and `redir` (enum nft_nat_attributes, nft_masq_attributes, nft_redir_attributes; NF_NAT_RANGE_*). */
import type { AttributeReader, AttributeWriter } from "../../netlink/wire/attribute.ts";
import { NFPROTO_IPV4, NFPROTO_IPV6 } from "../datatype.ts";
import type { NatStatement } from "../ruleset.ts";
import { registerOf, slotOf, valueBytes, writeExpression } from "./expression.ts";
import { writeImmediate } from "./immediate.ts";

const NAT = { TYPE: 1, FAMILY: 2, ADDR_MIN: 3, ADDR_MAX: 4, PROTO_MIN: 5, PROTO_MAX: 6, FLAGS: 7 } as const;
const MASQ = { FLAGS: 1, PROTO_MIN: 2, PROTO_MAX: 3 } as const;
const REDIR = { PROTO_MIN: 1, PROTO_MAX: 2, FLAGS: 3 } as const;

/** Flags of linux/netfilter/nf_nat.h. */
const PROTO_SPECIFIED = 2;
const PROTO_RANDOM = 4;
const PERSISTENT = 8;
const PROTO_RANDOM_FULLY = 16;
const NETMAP = 64;

const OPTIONS = [["random", PROTO_RANDOM], ["persistent", PERSISTENT], ["fullyRandom", PROTO_RANDOM_FULLY], [
  "prefix",
  NETMAP,
]] as const;

/** Loads addresses and ports into registers and translates. */
export function writeNat(writer: AttributeWriter, nat: NatStatement): void {
  let flags = nat.port === undefined ? 0 : PROTO_SPECIFIED;
  for (const [option, bit] of OPTIONS) if (nat[option] === true) flags |= bit;
  let slot = 0;
  const put = (value: Uint8Array): number => {
    const register = registerOf(slot);
    writeImmediate(writer, register, value);
    slot += 4;
    return register;
  };
  const type = nat.family === "ip6" ? "ipv6_addr" : "ipv4_addr";
  const addrMin = nat.address === undefined ? undefined : put(valueBytes(type, nat.address));
  const addrMax = nat.addressEnd === undefined ? addrMin : put(valueBytes(type, nat.addressEnd));
  const protoMin = nat.port === undefined ? undefined : put(valueBytes("inet_service", nat.port));
  const protoMax = nat.portEnd === undefined ? protoMin : put(valueBytes("inet_service", nat.portEnd));
  if (nat.kind === "masquerade" || nat.kind === "redirect") {
    const [name, attribute] = nat.kind === "masquerade" ? ["masq", MASQ] as const : ["redir", REDIR] as const;
    writeExpression(writer, name, (data) => {
      if (name === "masq" && flags !== 0) data.be32(attribute.FLAGS, flags);
      if (protoMin !== undefined && protoMax !== undefined) {
        data.be32(attribute.PROTO_MIN, protoMin);
        data.be32(attribute.PROTO_MAX, protoMax);
      }
      if (name === "redir" && flags !== 0) data.be32(attribute.FLAGS, flags);
    });
    return;
  }
  writeExpression(writer, "nat", (data) => {
    data.be32(NAT.TYPE, nat.kind === "snat" ? 0 : 1);
    data.be32(NAT.FAMILY, nat.family === "ip6" ? NFPROTO_IPV6 : NFPROTO_IPV4);
    if (addrMin !== undefined && addrMax !== undefined) {
      data.be32(NAT.ADDR_MIN, addrMin);
      data.be32(NAT.ADDR_MAX, addrMax);
    }
    if (protoMin !== undefined && protoMax !== undefined) {
      data.be32(NAT.PROTO_MIN, protoMin);
      data.be32(NAT.PROTO_MAX, protoMax);
    }
    if (flags !== 0) data.be32(NAT.FLAGS, flags);
  });
}

/** What a translation says of its registers, by slot. */
export interface NatRegisters {
  readonly kind: NatStatement["kind"];
  readonly family?: "ip" | "ip6";
  readonly address?: number;
  readonly addressEnd?: number;
  readonly port?: number;
  readonly portEnd?: number;
  readonly options: Partial<NatStatement>;
}

/** Reads `nat`, `masq` or `redir`; the caller knows what its registers hold. */
export function readNat(name: "nat" | "masq" | "redir", data: AttributeReader): NatRegisters {
  const ids: Readonly<Record<string, number>> = name === "nat" ? NAT : name === "masq" ? MASQ : REDIR;
  const found: Record<string, number> = {};
  while (data.next()) {
    for (const [key, id] of Object.entries(ids)) if (id === data.type) found[key] = data.be32();
  }
  const flags = found["FLAGS"] ?? 0;
  const options: Partial<NatStatement> = Object.fromEntries(
    OPTIONS.filter(([, bit]) => (flags & bit) !== 0).map(([option]) => [option, true]),
  );
  const slot = (key: string, beside?: string) =>
    found[key] === undefined || (beside !== undefined && found[key] === found[beside]) ? undefined : slotOf(found[key]);
  return {
    kind: name === "masq" ? "masquerade" : name === "redir" ? "redirect" : found["TYPE"] === 0 ? "snat" : "dnat",
    ...(name === "nat" ? { family: found["FAMILY"] === NFPROTO_IPV6 ? "ip6" : "ip" } : {}),
    address: slot("ADDR_MIN"),
    addressEnd: slot("ADDR_MAX", "ADDR_MIN"),
    port: slot("PROTO_MIN"),
    portEnd: slot("PROTO_MAX", "PROTO_MIN"),
    options,
  };
}
