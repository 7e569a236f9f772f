/** What the messages of rtnetlink have in common (linux/rtnetlink.h, rtnetlink(7)). */
import { AttributeWriter } from "./attribute.ts";

/**
 * One message that changes something, and what it does in words: for plans, and for the error where it is refused. It
 * has no sequence number; the connection gives it one.
 */
export interface Change {
  /** As `add address 192.168.1.1/24 on device 3`. */
  readonly operation: string;
  readonly message: Uint8Array<ArrayBuffer>;
}

/** One message: type and flags of its nlmsghdr, the header of its kind and the attributes behind it. */
export function message(
  type: number,
  flags: number,
  header: Uint8Array | readonly number[],
  attributes?: (writer: AttributeWriter) => void,
): Uint8Array<ArrayBuffer> {
  const writer = new AttributeWriter(256);
  writer.message(type, flags, header);
  attributes?.(writer);
  return writer.finish();
}
