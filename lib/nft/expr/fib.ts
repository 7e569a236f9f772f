/** `fib`: what the routing tables say of an address (enum nft_fib_result, nft_fib_flags, nft_fib_attributes). */
import type { AttributeReader, AttributeWriter } from "../../netlink/wire/attribute.ts";
import type { Load } from "../ruleset.ts";
import { writeExpression } from "./expression.ts";

const DREG = 1;
const RESULT = 2;
const FLAGS = 3;

/** NFTA_FIB_F_*, in the order in which nft writes them. */
const FLAG_BITS = [["saddr", 1], ["daddr", 2], ["mark", 4], ["iif", 8], ["oif", 16]] as const;
/** NFTA_FIB_F_PRESENT: only whether there is a result. */
const PRESENT = 32;
/** NFT_FIB_RESULT_*. */
const RESULTS = { oif: 1, oifname: 2, type: 3, present: 1 } as const;

export type FibLoad = Extract<Load, { load: "fib" }>;

export function writeFib(writer: AttributeWriter, load: FibLoad, register: number): void {
  let flags = load.result === "present" ? PRESENT : 0;
  for (const [name, bit] of FLAG_BITS) if (load.flags.includes(name)) flags |= bit;
  writeExpression(writer, "fib", (data) => {
    data.be32(DREG, register);
    data.be32(RESULT, RESULTS[load.result]);
    data.be32(FLAGS, flags);
  });
}

export function readFib(data: AttributeReader): { load: FibLoad; into: number } | null {
  let into = 0;
  let result = 0;
  let bits = 0;
  while (data.next()) {
    if (data.type === DREG) into = data.be32();
    else if (data.type === RESULT) result = data.be32();
    else if (data.type === FLAGS) bits = data.be32();
  }
  const name = (bits & PRESENT) !== 0 ? "present" : (["oif", "oifname", "type"] as const)[result - 1];
  if (name === undefined) return null;
  const flags = FLAG_BITS.filter(([, bit]) => (bits & bit) !== 0).map(([flag]) => flag);
  return { load: { load: "fib", flags, result: name }, into };
}
