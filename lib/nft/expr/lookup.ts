/** `lookup`: whether registers are in a set, or what a map has for them (enum nft_lookup_attributes). */
import type { AttributeReader, AttributeWriter } from "../../netlink/wire/attribute.ts";
import { writeExpression } from "./expression.ts";

const SET = 1;
const SREG = 2;
const DREG = 3;
const SET_ID = 4;
const FLAGS = 5;
/** NFT_LOOKUP_F_INV */
const INVERT = 1;
/** NFT_REG_VERDICT */
const VERDICT = 0;

export interface Lookup {
  readonly set: string;
  readonly register: number;
  readonly negate: boolean;
  readonly verdicts: boolean;
}

/** `setId` ties the lookup to a set that is made in the same transaction. */
export function writeLookup(writer: AttributeWriter, lookup: Lookup, setId?: number): void {
  writeExpression(writer, "lookup", (data) => {
    data.string(SET, lookup.set);
    data.be32(SREG, lookup.register);
    if (lookup.verdicts) data.be32(DREG, VERDICT);
    if (setId !== undefined) data.be32(SET_ID, setId);
    data.be32(FLAGS, lookup.negate ? INVERT : 0);
  });
}

export function readLookup(data: AttributeReader): Lookup | null {
  let set = "";
  let register = 0;
  let negate = false;
  let verdicts = false;
  while (data.next()) {
    if (data.type === SET) set = data.string();
    else if (data.type === SREG) register = data.be32();
    else if (data.type === DREG) {
      if (data.be32() !== VERDICT) return null;
      verdicts = true;
    } else if (data.type === FLAGS) negate = (data.be32() & INVERT) !== 0;
  }
  return set === "" ? null : { set, register, negate, verdicts };
}
