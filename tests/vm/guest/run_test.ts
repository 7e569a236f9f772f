/** What the test task can rest on: outcomes are those of the guest's tests, and no guest outlasts its bound. */
import { assertEquals, assertMatch, assertStringIncludes } from "../../../lib/std/assert.ts";
import { Guest } from "./guest.ts";
import { writeImage } from "./image.ts";
import { providePackages } from "./packages.ts";
import { type Result, testInGuests } from "./run.ts";

const packages = await providePackages();

async function run(image: string, samples: string[]): Promise<Result[]> {
  const files = samples.map((name) => `tests/vm/guest/samples/${name}.ts`);
  return await Array.fromAsync(testInGuests(packages, image, files, { seconds: 60, show: () => {} }));
}

Deno.test("tests in a guest", async (t) => {
  const image = await writeImage(packages, []);
  try {
    await t.step(
      "what a file leaves behind ends with it; one that takes the kernel down fails with the console log; the next has another guest",
      async () => {
        const [leaves, panics, counts] = await run(image, ["leaves", "panics", "counts"]);
        assertEquals(leaves?.success, true);
        assertEquals(panics?.success, false);
        assertStringIncludes(panics?.output ?? "", "Kernel panic - not syncing: sysrq triggered crash");
        assertEquals(counts?.success, false);
        assertStringIncludes(counts?.output ?? "", "Error: on purpose");
        assertMatch(counts?.output ?? "", /^FAILED \| 1 passed \| 1 failed \| 1 ignored/m);
      },
    );

    await t.step("a guest that hangs is ended, and its output and console log remain", async () => {
      const guest = await Guest.start(packages, image);
      try {
        const outcome = await guest.run("echo by the kernel >/dev/kmsg; echo by the command; sleep 1000", 10);
        assertEquals(outcome.status, null);
        assertEquals(outcome.output, "by the command\n");
        assertStringIncludes(outcome.console, "by the kernel");
      } finally {
        await guest.end();
      }
    });
  } finally {
    await Deno.remove(image);
  }
});

Deno.test("a guest that does not come up fails every file", async () => {
  const empty = await Deno.makeTempFile();
  try {
    const results = await run(empty, ["counts", "panics"]);
    assertEquals(results.map(({ success }) => success), [false, false]);
    for (const { output } of results) assertStringIncludes(output, "Unable to mount root fs");
  } finally {
    await Deno.remove(empty);
  }
});
