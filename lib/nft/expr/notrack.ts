/** `notrack`: keeps a packet out of connection tracking. It has no attributes. */
import type { AttributeWriter } from "../../netlink/wire/attribute.ts";
import { writeExpression } from "./expression.ts";

export function writeNotrack(writer: AttributeWriter): void {
  writeExpression(writer, "notrack", () => {});
}
