/** `bitwise`: `register = (register & mask) ^ xor`, here always with xor 0 (enum nft_bitwise_attributes). */
import type { AttributeReader, AttributeWriter } from "../../netlink/wire/attribute.ts";
import { readData, writeData, writeExpression } from "./expression.ts";

const SREG = 1;
const DREG = 2;
const LENGTH = 3;
const MASK = 4;
const XOR = 5;
const OP = 6;
/** NFT_BITWISE_BOOL, called NFT_BITWISE_MASK_XOR since 6.13. */
const MASK_XOR = 0;

export function writeBitwise(writer: AttributeWriter, register: number, mask: Uint8Array): void {
  writeExpression(writer, "bitwise", (data) => {
    data.be32(SREG, register);
    data.be32(DREG, register);
    data.be32(LENGTH, mask.length);
    data.be32(OP, MASK_XOR);
    writeData(data, MASK, mask);
    writeData(data, XOR, new Uint8Array(mask.length));
  });
}

/** Gives register and mask; null for anything but a mask on one register. */
export function readBitwise(data: AttributeReader): { register: number; mask: Uint8Array } | null {
  let from = 0;
  let into = 0;
  let op = MASK_XOR;
  let mask: Uint8Array | null = null;
  let xor: Uint8Array | null = null;
  while (data.next()) {
    if (data.type === SREG) from = data.be32();
    else if (data.type === DREG) into = data.be32();
    else if (data.type === OP) op = data.be32();
    else if (data.type === MASK) mask = readData(data);
    else if (data.type === XOR) xor = readData(data);
  }
  if (op !== MASK_XOR || from !== into || mask === null || xor?.some((byte) => byte !== 0)) return null;
  return { register: from, mask };
}
