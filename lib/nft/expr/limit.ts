/** `limit`: matches while a rate is kept, or what exceeds it (enum nft_limit_attributes, nft_limit_type). */
import type { AttributeReader, AttributeWriter } from "../../netlink/wire/attribute.ts";
import type { LimitStatement } from "../ruleset.ts";
import { writeExpression } from "./expression.ts";

const RATE = 1;
const UNIT = 2;
const BURST = 3;
const TYPE = 4;
const FLAGS = 5;
/** NFT_LIMIT_PKT_BYTES */
const BYTES = 1;
/** NFT_LIMIT_F_INV */
const INVERT = 1;

export function writeLimit(writer: AttributeWriter, limit: LimitStatement): void {
  writeExpression(writer, "limit", (data) => {
    data.be64(RATE, limit.rate);
    data.be64(UNIT, limit.per);
    data.be32(BURST, limit.burst);
    data.be32(TYPE, limit.unit === "bytes" ? BYTES : 0);
    data.be32(FLAGS, limit.over === true ? INVERT : 0);
  });
}

export function readLimit(data: AttributeReader): LimitStatement {
  let rate = 0;
  let per = 1;
  let burst = 0;
  let unit: LimitStatement["unit"] = "packets";
  let over = false;
  while (data.next()) {
    if (data.type === RATE) rate = Number(data.be64());
    else if (data.type === UNIT) per = Number(data.be64());
    else if (data.type === BURST) burst = data.be32();
    else if (data.type === TYPE) unit = data.be32() === BYTES ? "bytes" : "packets";
    else if (data.type === FLAGS) over = (data.be32() & INVERT) !== 0;
  }
  return { kind: "limit", unit, rate, per, burst, ...(over ? { over } : {}) };
}
