import { assertEquals } from "../../std/assert.ts";
import { encodeBase32 } from "./base32.ts";
import { codeOf, matchingStep, otpauthUri, stepAt } from "./totp.ts";

const SECRET = new TextEncoder().encode("12345678901234567890");

Deno.test("RFC 6238, appendix B, SHA-1: the last six of its eight digits", () => {
  const vectors = [
    [59, "94287082"],
    [1111111109, "07081804"],
    [1111111111, "14050471"],
    [1234567890, "89005924"],
    [2000000000, "69279037"],
    [20000000000, "65353130"],
  ] as const;
  for (const [seconds, code] of vectors) assertEquals(codeOf(SECRET, stepAt(seconds * 1000)), code.slice(2), code);
});

Deno.test("RFC 4226, appendix D", () => {
  const codes = "755224 287082 359152 969429 338314 254676 287922 162583 399871 520489".split(" ");
  assertEquals(codes.map((_, counter) => codeOf(SECRET, counter)), codes);
});

Deno.test("RFC 4648, section 10", () => {
  const vectors = {
    f: "MY",
    fo: "MZXQ",
    foo: "MZXW6",
    foob: "MZXW6YQ",
    fooba: "MZXW6YTB",
    foobar: "MZXW6YTBOI",
    "": "",
  };
  for (const [text, code] of Object.entries(vectors)) assertEquals(encodeBase32(new TextEncoder().encode(text)), code);
});

Deno.test("a code counts in its step, the one before and the one after, and only if none of that step or later was taken", () => {
  const now = 100 * 30_000 + 12_345;
  const match = (step: number, accepted = -1) => matchingStep(SECRET, codeOf(SECRET, step), now, accepted);
  assertEquals([98, 99, 100, 101, 102].map((step) => match(step)), [null, 99, 100, 101, null]);
  assertEquals([99, 100, 101].map((step) => match(step, 100)), [null, null, 101]);
  for (const wrong of ["", "0", "abcdef", ` ${codeOf(SECRET, 100)}`, `${codeOf(SECRET, 100)}0`]) {
    assertEquals(matchingStep(SECRET, wrong, now, -1), null, wrong);
  }
  assertEquals(matchingStep(SECRET, codeOf(SECRET, 0), 0, -1), 0);
});

Deno.test("what an authenticator scans", () => {
  assertEquals(
    otpauthUri(SECRET, "ann", "edge 1"),
    "otpauth://totp/Patronus%20edge%201:ann?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Patronus%20edge%201" +
      "&algorithm=SHA1&digits=6&period=30",
  );
});
