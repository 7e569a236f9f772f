/** The count of a run, from what `deno test` really prints. */
import { assertEquals } from "../lib/std/assert.ts";
import { Tally } from "./tally.ts";

const ROOT = new URL("..", import.meta.url);

/** Runs Deno on a file of these tests: what is printed, and whether it ended well. */
async function deno(
  args: readonly string[],
  tests: string,
  env: Readonly<Record<string, string>> = {},
): Promise<[output: string, success: boolean]> {
  const directory = Deno.makeTempDirSync();
  try {
    const file = `${directory}/some_test.ts`;
    Deno.writeTextFileSync(file, tests);
    const { stdout, success } = await new Deno.Command(Deno.execPath(), {
      args: [...args, file],
      cwd: ROOT,
      env: { NO_COLOR: "1", ...env },
      stderr: "null",
    }).output();
    return [new TextDecoder().decode(stdout), success];
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
}

const run = (tests: string) => deno(["test", "--allow-all", "--quiet", "--no-check"], tests);

const PASSED = 'Deno.test("one", () => {});\n';
const IGNORED = 'Deno.test.ignore("another", () => {});\n';
const FAILED = 'Deno.test("a third", () => { throw new Error("no"); });\n';

function counted(strict: boolean, add: (tally: Tally) => void): [succeeded: boolean, last: string | undefined] {
  const tally = new Tally(strict);
  add(tally);
  return [tally.succeeded, tally.report().split("\n").at(-1)];
}

Deno.test("a skip is none of the failures, but in CI it is one", async () => {
  const output = await run(PASSED + IGNORED);
  assertEquals(counted(false, (tally) => tally.add(...output)), [true, "1 passed, 0 failed, 1 skipped"]);
  assertEquals(counted(true, (tally) => tally.add(...output)), [false, "1 passed, 1 failed, 0 skipped"]);
  const file = (tally: Tally) => tally.skip("tests/kernel/nft_test.ts", "needs nft");
  assertEquals(counted(false, file), [true, "0 passed, 0 failed, 1 skipped"]);
  assertEquals(counted(true, file), [false, "0 passed, 1 failed, 0 skipped"]);
});

Deno.test("what is skipped is named", async () => {
  const tally = new Tally(false);
  tally.add(...await run(IGNORED));
  tally.skip("tests/kernel/nft_test.ts", "needs nft");
  assertEquals(
    tally.report().replace(/ \(\d+m?s\)/, ""),
    "\nSkipped:\n  another ... ignored\n  tests/kernel/nft_test.ts: needs nft\n\n0 passed, 0 failed, 2 skipped",
  );
});

Deno.test("tests that fail, files that do not load and runs that were ended are failures", async () => {
  const [failed, broken] = [
    await run(PASSED + FAILED + FAILED.replace("third", "fourth")),
    await run("import 'nothing';"),
  ];
  assertEquals(counted(false, (tally) => tally.add(...failed)), [false, "1 passed, 2 failed, 0 skipped"]);
  assertEquals(counted(false, (tally) => tally.add(...broken)), [false, "0 passed, 1 failed, 0 skipped"]);
  assertEquals(counted(false, (tally) => tally.add("", false)), [false, "0 passed, 1 failed, 0 skipped"]);
  assertEquals(counted(false, (tally) => tally.fail()), [false, "0 passed, 1 failed, 0 skipped"]);
});

Deno.test("the test task knows CI by its variable, and ends with that", async () => {
  const ends = { "": ["0 passed, 0 failed, 1 skipped", true], "true": ["0 passed, 1 failed, 0 skipped", false] };
  for (const [CI, end] of Object.entries(ends)) {
    const [output, success] = await deno(["run", "--allow-all", "tests/run.ts"], IGNORED, { CI });
    assertEquals([output.trimEnd().split("\n").at(-1), success], end);
  }
});
