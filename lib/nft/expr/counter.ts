/** `counter`: packets and bytes (enum nft_counter_attributes). */
import type { AttributeReader, AttributeWriter } from "../../netlink/wire/attribute.ts";
import type { CounterStatement } from "../ruleset.ts";
import { writeExpression } from "./expression.ts";

const BYTES = 1;
const PACKETS = 2;

export function writeCounter(writer: AttributeWriter, counter: CounterStatement): void {
  writeExpression(writer, "counter", (data) => {
    data.be64(BYTES, counter.bytes);
    data.be64(PACKETS, counter.packets);
  });
}

export function readCounter(data: AttributeReader): CounterStatement {
  let packets = 0;
  let bytes = 0;
  while (data.next()) {
    if (data.type === BYTES) bytes = Number(data.be64());
    else if (data.type === PACKETS) packets = Number(data.be64());
  }
  return { kind: "counter", packets, bytes };
}
