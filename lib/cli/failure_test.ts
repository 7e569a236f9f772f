import { assertEquals, assertMatch } from "../std/assert.ts";
import { PatronusError } from "../model/error.ts";
import { tellFailure } from "./failure.ts";
import type { Io } from "./io.ts";

/** What standard error gets, and the exit status. */
function told(error: unknown, debug = false): { status: number; text: string } {
  let text = "";
  const terminal = { width: 80, colour: false, interactive: false };
  const io: Io = { stdout: terminal, stderr: terminal, write: () => {}, writeError: (part) => text += part };
  return { status: tellFailure(error, io, debug), text };
}

Deno.test("each kind of failure has its exit status", () => {
  const cases = [["failed", 1], ["input", 1], ["usage", 2], ["nothing", 3], ["conflict", 4], [
    "permission",
    5,
  ]] as const;
  for (const [code, status] of cases) {
    assertEquals(told(new PatronusError(code, "it went wrong")), { status, text: "patronus: it went wrong\n" });
  }
});

Deno.test("findings stand with place and hint, and no text steers the terminal", () => {
  const { text } = told(
    new PatronusError("input", "not valid", {
      findings: [
        {
          severity: "error",
          path: "firewall.rules[web].in",
          message: "there is no zone w\x1b[2Jan",
          hint: "did you mean wan?",
        },
        { severity: "warning", path: "", message: "odd" },
        { severity: "error", path: "firewall.rules[web].action", message: "is missing" },
      ],
      hint: "nothing was changed",
    }),
  );
  assertEquals(
    text,
    "patronus: not valid\n" +
      "  error: there is no zone w\\u{1b}[2Jan (firewall.rules[web].in)\n" +
      "    did you mean wan?\n" +
      "  error: firewall.rules[web].action is missing\n" +
      "  warning: odd\n" +
      "  nothing was changed\n",
  );
});

Deno.test("what the system refuses is told with path, reason and remedy, and blames nobody", () => {
  const file = Deno.makeTempFileSync();
  try {
    Deno.statSync(`${file}/x`);
  } catch (error) {
    assertEquals(told(error), {
      status: 1,
      text: `patronus: cannot stat '${file}/x': a part of the path is a file, not a directory\n` +
        "  name a path below a directory\n",
    });
  } finally {
    Deno.removeSync(file);
  }
});

Deno.test("what nobody foresaw is told in a line, and where it happened on demand", () => {
  const permission = told(new Deno.errors.PermissionDenied("open '/x'"));
  assertEquals(permission.status, 5);
  assertMatch(permission.text, /^patronus: not permitted: open '\/x'\n.*as root/);
  const eperm = told(Object.assign(new Error("send"), { code: "EPERM" }));
  assertEquals(eperm.status, 5);
  const bug = new TypeError("x is not\na function");
  assertEquals(told(bug).status, 1);
  assertMatch(told(bug).text, /^patronus: TypeError: x is not\n.*PATRONUS_DEBUG=1/);
  assertMatch(told(bug, true).text, /failure_test\.ts/);
  assertMatch(told(new PatronusError("failed", "no", { cause: bug }), true).text, /caused by TypeError/);
});
