/** `immediate`: a verdict, or a value into a register (enum nft_immediate_attributes, nft_verdict_attributes). */
import { AttributeReader, type AttributeWriter } from "../../netlink/wire/attribute.ts";
import type { Verdict } from "../ruleset.ts";
import { writeData, writeExpression } from "./expression.ts";

const DREG = 1;
const DATA = 2;
/** NFTA_DATA_VALUE, NFTA_DATA_VERDICT */
const VALUE = 1;
const VERDICT = 2;
const CODE = 1;
const CHAIN = 2;
/** NFT_REG_VERDICT */
const VERDICT_REGISTER = 0;

/** NF_DROP, NF_ACCEPT (linux/netfilter.h) and NFT_CONTINUE, NFT_JUMP, NFT_GOTO, NFT_RETURN (nf_tables.h). */
const CODES: Readonly<Record<Verdict["type"], number>> = {
  drop: 0,
  accept: 1,
  continue: -1,
  jump: -3,
  goto: -4,
  return: -5,
};

/** Writes the attribute `type` with a verdict in it: also how maps of verdicts hold their values. */
export function writeVerdictData(writer: AttributeWriter, type: number, verdict: Verdict): void {
  const data = writer.nest(type);
  const inner = writer.nest(VERDICT);
  writer.be32(CODE, CODES[verdict.type]);
  if ("chain" in verdict) writer.string(CHAIN, verdict.chain);
  writer.end(inner);
  writer.end(data);
}

export function writeVerdict(writer: AttributeWriter, verdict: Verdict): void {
  writeExpression(writer, "immediate", (data) => {
    data.be32(DREG, VERDICT_REGISTER);
    writeVerdictData(data, DATA, verdict);
  });
}

export function writeImmediate(writer: AttributeWriter, register: number, value: Uint8Array): void {
  writeExpression(writer, "immediate", (data) => {
    data.be32(DREG, register);
    writeData(data, DATA, value);
  });
}

/** Reads an attribute that holds a value or a verdict; null for a verdict that is not known. */
export function readVerdictData(attribute: AttributeReader): Verdict | Uint8Array | null {
  const data = attribute.nested();
  while (data.next()) {
    if (data.type === VALUE) return data.bytes();
    if (data.type !== VERDICT) continue;
    const inner = data.nested();
    let code = 0;
    let chain = "";
    while (inner.next()) {
      if (inner.type === CODE) code = inner.sbe32();
      else if (inner.type === CHAIN) chain = inner.string();
    }
    for (const [type, number] of Object.entries(CODES)) {
      if (number !== code) continue;
      return type === "jump" || type === "goto" ? { type, chain } : { type: type as "accept" };
    }
  }
  return null;
}

/** Gives a verdict, or a value with the register that it goes to. */
export function readImmediate(
  data: AttributeReader,
): { verdict: Verdict } | { into: number; value: Uint8Array } | null {
  let into = 0;
  let found: Verdict | Uint8Array | null = null;
  while (data.next()) {
    if (data.type === DREG) into = data.be32();
    else if (data.type === DATA) found = readVerdictData(data);
  }
  if (found === null) return null;
  return found instanceof Uint8Array ? { into, value: found } : { verdict: found };
}
