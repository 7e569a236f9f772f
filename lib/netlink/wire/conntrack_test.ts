/**
 * The request is held to the bytes of `conntrack -G -p tcp --orig-src 127.0.0.1 --orig-dst 127.0.0.1 --sport 53972
 * --dport 7001` of conntrack-tools 1.4.7 (strace -e write=all), which sends CTA_PROTOINFO behind them, and the reader to
 * what Linux 6.18 answered.
 */
import { address } from "../../../tests/addresses.ts";
import { assertEquals, assertThrows } from "../../std/assert.ts";
import { getConnection, readConnection, type Tuple } from "./conntrack.ts";
import { NetlinkDecodeError } from "./error.ts";

const LOOPBACK = address("127.0.0.1");
const FORTH: Tuple = {
  source: LOOPBACK,
  destination: LOOPBACK,
  protocol: 6,
  sourcePort: 53972,
  destinationPort: 7001,
};
const BACK: Tuple = { ...FORTH, sourcePort: 7001, destinationPort: 53972 };

/** As the connection sends it: NLM_F_REQUEST and NLM_F_ACK added; without the sequence number. */
function sent(message: Uint8Array): string {
  const bytes = new Uint8Array(message);
  bytes[6] = (bytes[6] ?? 0) | 5;
  bytes.fill(0, 8, 12);
  return bytes.toHex();
}

const bytesOf = (hex: string) => Uint8Array.fromHex(hex.replaceAll(/\s/g, ""));

const TUPLES = `34000180 14000180 08000100 7f000001 08000200 7f000001 1c000280 05000100 06000000 06000200 d2d40000
  06000300 1b590000`;

Deno.test("bytes of a request for one connection", () => {
  assertEquals(
    sent(getConnection(FORTH)),
    `48000000 01010500 00000000 00000000 02000000 ${TUPLES}`.replaceAll(/\s/g, ""),
  );
});

Deno.test("IPv6 addresses have attributes of their own", () => {
  const tuple = { ...FORTH, source: address("fd00::1"), destination: address("fd00::2") };
  assertEquals(
    sent(getConnection(tuple)),
    `60000000 01010500 00000000 00000000 0a000000 4c000180 2c000180 14000300 fd000000 00000000 00000000 00000001
     14000400 fd000000 00000000 00000000 00000002 1c000280 05000100 06000000 06000200 d2d40000 06000300 1b590000`
      .replaceAll(/\s/g, ""),
  );
});

const ANSWER = `02000000 ${TUPLES} 34000280 14000180 08000100 7f000001 08000200 7f000001 1c000280 05000100 06000000
  06000200 1b590000 06000300 d2d40000 08000300 0000000e 08000800 00000000 08000c00 efd7ef50 08000b00 00000002
  08000700 0006977f 30000480 2c000180 05000100 03000000 05000200 0a000000 05000300 0a000000 06000400 23000000
  06000500 23000000`;

Deno.test("what the kernel answers is read", () => {
  assertEquals(readConnection(bytesOf(ANSWER)), { original: FORTH, reply: BACK, status: 0xe, mark: 0 });
});

Deno.test("cut answers are refused, not misread", () => {
  for (const length of [2, 4, 40, 60]) {
    assertThrows(() => readConnection(bytesOf(ANSWER).subarray(0, length)), NetlinkDecodeError);
  }
});
