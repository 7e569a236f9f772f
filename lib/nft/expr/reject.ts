/** `reject`: a TCP reset or an ICMP error back to the sender (enum nft_reject_types, nft_reject_attributes). */
import type { AttributeReader, AttributeWriter } from "../../netlink/wire/attribute.ts";
import type { RejectStatement } from "../ruleset.ts";
import { writeExpression } from "./expression.ts";

const TYPE = 1;
const ICMP_CODE = 2;
/** NFT_REJECT_ICMP_UNREACH, NFT_REJECT_TCP_RST, NFT_REJECT_ICMPX_UNREACH */
const ICMP = 0;
const TCP_RESET = 1;
const ICMPX = 2;

/** NFT_REJECT_ICMPX_* */
export const ICMPX_CODES = {
  "no-route": 0,
  "port-unreachable": 1,
  "host-unreachable": 2,
  "admin-prohibited": 3,
} as const;

export function writeReject(writer: AttributeWriter, reject: RejectStatement): void {
  const reply = reject.with;
  writeExpression(writer, "reject", (data) => {
    data.be32(TYPE, reply.type === "tcp-reset" ? TCP_RESET : reply.type === "icmpx" ? ICMPX : ICMP);
    if (reply.type !== "tcp-reset") data.u8(ICMP_CODE, reply.code);
  });
}

/** The kernel does not say for which family an ICMP code is; the protocols matched so far do. */
export function readReject(data: AttributeReader, ipv6: boolean): RejectStatement {
  let type = ICMP;
  let code = 0;
  while (data.next()) {
    if (data.type === TYPE) type = data.be32();
    else if (data.type === ICMP_CODE) code = data.u8();
  }
  if (type === TCP_RESET) return { kind: "reject", with: { type: "tcp-reset" } };
  return { kind: "reject", with: { type: type === ICMPX ? "icmpx" : ipv6 ? "icmpv6" : "icmp", code } };
}
