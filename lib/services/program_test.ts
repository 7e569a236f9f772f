import { PatronusError } from "../model/error.ts";
import { assertEquals, assertThrows } from "../std/assert.ts";
import { findProgram, requireProgram } from "./program.ts";

const PACKAGES = { debian: "nothing-base", gentoo: "net-misc/nothing" };

Deno.test("a program is found, or named with the packages it is in", () => {
  assertEquals(requireProgram("sh", "this test", PACKAGES), findProgram("sh") ?? "");
  const error = assertThrows(() => requireProgram("no-such-program", "DHCP on wan", PACKAGES), PatronusError);
  assertEquals([error.message, error.details.hint], [
    "DHCP on wan needs no-such-program, which is not installed",
    "apt-get install nothing-base, or emerge net-misc/nothing",
  ]);
});
