/** Messages of a datagram: headers, errors with extended acknowledgements, ends of dumps (linux/netlink.h). */
import { AttributeReader, LITTLE_ENDIAN, MESSAGE_HEADER } from "./attribute.ts";
import { errnoName } from "./errno.ts";
import { NetlinkDecodeError, NetlinkError } from "./error.ts";

/** nlmsg_flags. */
export const NLM_F = {
  REQUEST: 0x1,
  MULTI: 0x2,
  ACK: 0x4,
  /** The kernel repeats to the sender what it tells others of the change. */
  ECHO: 0x8,
  /** The dump was interrupted by a change and must be read again. */
  DUMP_INTR: 0x10,
  /** NLM_F_ROOT | NLM_F_MATCH. */
  DUMP: 0x300,
  REPLACE: 0x100,
  EXCL: 0x200,
  CREATE: 0x400,
  APPEND: 0x800,
} as const;

/** NLMSG_ERROR flags: the original message is left out, attributes follow. */
const CAPPED = 0x100;
const ACK_TLVS = 0x200;

/** Control messages of linux/netlink.h. */
export const NLMSG_NOOP = 1;
const NLMSG_ERROR = 2;
const NLMSG_DONE = 3;

/** One message inside a datagram; `payload` is a view, not a copy. */
export interface Message {
  readonly type: number;
  readonly flags: number;
  readonly sequence: number;
  readonly payload: Uint8Array;
}

/** Splits a datagram. Throws a `NetlinkDecodeError` on lengths that contradict each other. */
export function splitMessages(bytes: Uint8Array): Message[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const messages: Message[] = [];
  for (let at = 0; at < bytes.length;) {
    if (bytes.length - at < MESSAGE_HEADER) throw new NetlinkDecodeError("a datagram ends inside a message's header");
    const length = view.getUint32(at, LITTLE_ENDIAN);
    if (length < MESSAGE_HEADER || length > bytes.length - at) {
      throw new NetlinkDecodeError(`a message says ${length} bytes where ${bytes.length - at} are left`);
    }
    messages.push({
      type: view.getUint16(at + 4, LITTLE_ENDIAN),
      flags: view.getUint16(at + 6, LITTLE_ENDIAN),
      sequence: view.getUint32(at + 8, LITTLE_ENDIAN),
      payload: bytes.subarray(at + MESSAGE_HEADER, at + length),
    });
    at += (length + 3) & ~3;
  }
  return messages;
}

/** How many messages there are, one behind the other. */
export function countMessages(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let count = 0;
  for (let at = 0; at + MESSAGE_HEADER <= bytes.length; count++) {
    at += Math.max(MESSAGE_HEADER, (view.getUint32(at, LITTLE_ENDIAN) + 3) & ~3);
  }
  return count;
}

export function isError(message: Message): boolean {
  return message.type === NLMSG_ERROR;
}

export function isDone(message: Message): boolean {
  return message.type === NLMSG_DONE;
}

/**
 * The error that an NLMSG_ERROR, or a failed NLMSG_DONE, carries; null for an acknowledgement. `operation` puts the
 * refused message into words by its sequence number.
 */
export function errorOf(message: Message, operation: (sequence: number) => string): NetlinkError | null {
  const { payload } = message;
  if (payload.length < 4) {
    if (isDone(message)) return null;
    throw new NetlinkDecodeError("an error message without an error number");
  }
  const view = new DataView(payload.buffer, payload.byteOffset, payload.length);
  const errno = -view.getInt32(0, LITTLE_ENDIAN);
  if (errno <= 0) return null;
  let kernelText: string | undefined;
  if ((message.flags & ACK_TLVS) !== 0) {
    // struct nlmsgerr: the error, then the header of the refused message, then (unless capped) its payload.
    let at = 4;
    if (isError(message)) {
      const original = payload.length >= 8 ? view.getUint32(4, LITTLE_ENDIAN) : MESSAGE_HEADER;
      at += (message.flags & CAPPED) !== 0 ? MESSAGE_HEADER : (original + 3) & ~3;
    }
    if (at <= payload.length) {
      const reader = new AttributeReader(payload, at);
      while (reader.next()) {
        // NLMSGERR_ATTR_MSG
        if (reader.type === 1) kernelText = reader.string();
      }
    }
  }
  return new NetlinkError(operation(message.sequence), errno, errnoName(errno), kernelText, message.sequence);
}
