/** `log`: to an NFLOG group or the kernel log (enum nft_log_attributes). */
import type { AttributeReader, AttributeWriter } from "../../netlink/wire/attribute.ts";
import type { LogStatement } from "../ruleset.ts";
import { writeExpression } from "./expression.ts";

const GROUP = 1;
const PREFIX = 2;
const SNAPLEN = 3;
const QUEUE_THRESHOLD = 4;

export function writeLog(writer: AttributeWriter, log: LogStatement): void {
  writeExpression(writer, "log", (data) => {
    if (log.prefix !== undefined) data.string(PREFIX, log.prefix);
    if (log.group !== undefined) {
      data.be16(GROUP, log.group);
      if (log.snaplen !== undefined) data.be32(SNAPLEN, log.snaplen);
      if (log.queueThreshold !== undefined) data.be16(QUEUE_THRESHOLD, log.queueThreshold);
    }
  });
}

export function readLog(data: AttributeReader): LogStatement {
  let log: LogStatement = { kind: "log" };
  while (data.next()) {
    if (data.type === PREFIX) log = { ...log, prefix: data.string() };
    else if (data.type === GROUP) log = { ...log, group: data.be16() };
    else if (data.type === SNAPLEN && data.be32() > 0) log = { ...log, snaplen: data.be32() };
    else if (data.type === QUEUE_THRESHOLD && data.be16() > 0) log = { ...log, queueThreshold: data.be16() };
  }
  return log;
}
