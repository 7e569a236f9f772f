/** `cmp`: compares a register byte by byte (enum nft_cmp_ops, nft_cmp_attributes). */
import type { AttributeReader, AttributeWriter } from "../../netlink/wire/attribute.ts";
import type { Datatype, MatchStatement, Value } from "../ruleset.ts";
import { readData, writeExpression, writeValue } from "./expression.ts";

const SREG = 1;
const OP = 2;
const DATA = 3;

/** NFT_CMP_EQ to NFT_CMP_GTE, by number. */
const OPS = ["==", "!=", "<", "<=", ">", ">="] as const;

/** Compares with the first `size` bytes of a value. */
export function writeCmp(
  writer: AttributeWriter,
  op: MatchStatement["op"],
  register: number,
  type: Datatype,
  value: Value,
  size?: number,
): void {
  writeExpression(writer, "cmp", (data) => {
    data.be32(SREG, register);
    data.be32(OP, OPS.indexOf(op));
    writeValue(data, DATA, type, value, size);
  });
}

export function readCmp(data: AttributeReader): { op: MatchStatement["op"]; from: number; value: Uint8Array } | null {
  let op: MatchStatement["op"] | undefined;
  let from = 0;
  let value: Uint8Array | null = null;
  while (data.next()) {
    if (data.type === SREG) from = data.be32();
    else if (data.type === OP) op = OPS[data.be32()];
    else if (data.type === DATA) value = readData(data);
  }
  return op === undefined || value === null ? null : { op, from, value };
}
