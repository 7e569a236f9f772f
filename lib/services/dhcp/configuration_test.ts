import { PatronusError } from "../../model/error.ts";
import { assertEquals, assertThrows } from "../../std/assert.ts";
import { restartDelay } from "./backoff.ts";
import { configurationText, programArguments } from "./configuration.ts";
import { keptDuid } from "./duid.ts";

const DUID = `00:04:${Array(16).fill("ab").join(":")}`;

/** Lines that depend on what is asked for. */
function lines(changes: Partial<Parameters<typeof configurationText>[0]>): string[] {
  const text = configurationText({ families: [4, 6], hostname: null, duid: DUID, ...changes });
  return text.split("\n").filter((line) => /^(ipv|ia_na|hostname)/.test(line));
}

Deno.test("each family is asked for as wanted", () => {
  assertEquals(lines({}), ["ia_na"]);
  assertEquals(lines({ families: [4] }), ["ipv4only"]);
  assertEquals(lines({ families: [6] }), ["ipv6only", "ia_na"]);
  assertEquals(lines({ hostname: "edge.example.org" })[0], "hostname edge.example.org");
});

Deno.test("what would mean something else to dhcpcd is refused", () => {
  for (const hostname of ["", "a b", "a\nscript /tmp/x", "-a", "a_b", "x".repeat(64), "x.".repeat(127) + "x"]) {
    assertThrows(() => lines({ hostname }), PatronusError, "is no host name");
  }
  const paths = { configuration: "/run/p/c", hook: "/var/p h/hook", inbox: "/run/p/in" };
  assertEquals(programArguments("wan", paths, null).includes("/var/p h/hook"), true);
  for (const hook of ['/a"b', "/a\\b", "/a\nb", "/a'b"]) {
    assertThrows(() => programArguments("wan", { ...paths, hook }, null), PatronusError, "cannot use the path");
  }
});

Deno.test("the DUID is made once, and again where its file holds none", () => {
  const directory = Deno.makeTempDirSync();
  try {
    const file = `${directory}/duid`;
    const made = keptDuid(file);
    assertEquals([made.length, made.slice(0, 6), keptDuid(file)], [18 * 3 - 1, "00:04:", made]);
    Deno.writeTextFileSync(file, "00:04:zz");
    const again = keptDuid(file);
    assertEquals([again === made, keptDuid(file)], [false, again]);
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
});

Deno.test("what ends again and again is started ever later, up to a minute", () => {
  assertEquals([1, 2, 3, 6, 7, 1000].map(restartDelay), [1, 2, 4, 32, 60, 60]);
});
