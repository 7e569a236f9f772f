/** `range`: whether a register lies between two values, both included (enum nft_range_ops, nft_range_attributes). */
import type { AttributeReader, AttributeWriter } from "../../netlink/wire/attribute.ts";
import { readData, writeData, writeExpression } from "./expression.ts";

const SREG = 1;
const OP = 2;
const FROM = 3;
const TO = 4;
/** NFT_RANGE_EQ and NFT_RANGE_NEQ. */
const INSIDE = 0;
const OUTSIDE = 1;

export function writeRange(
  writer: AttributeWriter,
  register: number,
  from: Uint8Array,
  to: Uint8Array,
  negate: boolean,
): void {
  writeExpression(writer, "range", (data) => {
    data.be32(SREG, register);
    data.be32(OP, negate ? OUTSIDE : INSIDE);
    writeData(data, FROM, from);
    writeData(data, TO, to);
  });
}

export function readRange(
  data: AttributeReader,
): { register: number; from: Uint8Array; to: Uint8Array; negate: boolean } | null {
  let register = 0;
  let negate = false;
  let from: Uint8Array | null = null;
  let to: Uint8Array | null = null;
  while (data.next()) {
    if (data.type === SREG) register = data.be32();
    else if (data.type === OP) negate = data.be32() === OUTSIDE;
    else if (data.type === FROM) from = readData(data);
    else if (data.type === TO) to = readData(data);
  }
  return from === null || to === null ? null : { register, from, to, negate };
}
