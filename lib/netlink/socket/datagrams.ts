/**
 * Many datagrams in one call of recvmmsg(2), made in another thread: while the kernel fills a dump, this thread goes on.
 * Layouts are those of Linux on 64-bit machines (bits/types/struct_msghdr.h, bits/socket.h).
 */
import { LITTLE_ENDIAN } from "../wire/attribute.ts";
import { bigMemory } from "./memory.ts";
import { libc, MSG_DONTWAIT, MSG_TRUNC } from "./libc.ts";

/** Datagrams of one call: of the first of a dump, and the most. 256 hold a dump of about 10,000 rules. */
export const FIRST = 32;
export const MOST = 256;
/** Bytes of struct mmsghdr: a struct msghdr of 56, the length received, padding. */
const HEADER = 64;
/** Offsets in it. */
const NAME = 0;
const NAME_LENGTH = 8;
const VECTOR = 16;
const VECTOR_COUNT = 24;
const FLAGS = 48;
const RECEIVED = 56;
/** Bytes of struct iovec: address and length. */
const IOVEC = 16;
/** Bytes of struct sockaddr_nl; the port id stands at 4. */
const SENDER = 12;
const PORT_ID = 4;

/** One datagram; `size` is what the kernel had to say, more than there are bytes where it was cut. */
export interface Datagram {
  readonly bytes: Uint8Array;
  readonly portId: number;
  readonly cut: boolean;
}

/** What is waiting at a socket or becomes ready on reading it: `most` datagrams of at most `size` bytes; none where reading fails. */
export async function receiveDatagrams(fd: number, size: number, most: number): Promise<Datagram[]> {
  const data = bigMemory(most * size);
  const senders = new Uint8Array(most * SENDER);
  const vectors = new Uint8Array(most * IOVEC);
  const headers = new Uint8Array(most * HEADER);
  const [toData, toSenders, toVectors] = [address(data), address(senders), address(vectors)];
  const vector = new DataView(vectors.buffer);
  const header = new DataView(headers.buffer);
  for (let index = 0; index < most; index++) {
    vector.setBigUint64(index * IOVEC, toData + BigInt(index * size), LITTLE_ENDIAN);
    vector.setBigUint64(index * IOVEC + 8, BigInt(size), LITTLE_ENDIAN);
    header.setBigUint64(index * HEADER + NAME, toSenders + BigInt(index * SENDER), LITTLE_ENDIAN);
    header.setUint32(index * HEADER + NAME_LENGTH, SENDER, LITTLE_ENDIAN);
    header.setBigUint64(index * HEADER + VECTOR, toVectors + BigInt(index * IOVEC), LITTLE_ENDIAN);
    header.setBigUint64(index * HEADER + VECTOR_COUNT, 1n, LITTLE_ENDIAN);
  }
  const count = await libc().recvmmsg(fd, headers, most, MSG_DONTWAIT, null);
  const ports = new DataView(senders.buffer);
  return Array.from({ length: Math.max(0, count) }, (_, index) => {
    const length = header.getUint32(index * HEADER + RECEIVED, LITTLE_ENDIAN);
    return {
      // Of `vectors` too the kernel reads until the call returns: naming them here keeps both alive until then.
      bytes: data.subarray(
        index * size,
        index * size + Math.min(length, Number(vector.getBigUint64(8, LITTLE_ENDIAN))),
      ),
      portId: ports.getUint32(index * SENDER + PORT_ID, LITTLE_ENDIAN),
      cut: (header.getInt32(index * HEADER + FLAGS, LITTLE_ENDIAN) & MSG_TRUNC) !== 0,
    };
  });
}

function address(bytes: Uint8Array<ArrayBuffer>): bigint {
  return BigInt(Deno.UnsafePointer.value(Deno.UnsafePointer.of(bytes)));
}
