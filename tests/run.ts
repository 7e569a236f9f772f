/**
 * `deno task test`: installs what the tests need where it may, runs them all, and ends with the count.
 *
 * Everything under tests/kernel runs inside one private network namespace, so that no test can touch the machine's own
 * network. A kernel test file says in a `// needs: nft ip` line which programs it compares with.
 */
import { privateNetwork } from "./private_network.ts";
import { Tally } from "./tally.ts";
import { installed, provide, TOOLS } from "./tools.ts";

/** In CI everything has to run. */
const tally = new Tally(Deno.env.get("CI") === "true");

/** Minutes after which a run of tests is ended: nothing here waits for ever. */
const BOUND_MINUTES = 20;

/** Runs one command to its end, showing what it prints, and gives that back. */
async function show(command: string[], env: Record<string, string>): Promise<{ success: boolean; output: string }> {
  const [program = "", ...args] = command;
  const child = new Deno.Command(program, { args, env, stdin: "null", stdout: "piped", stderr: "inherit" }).spawn();
  const bound = setTimeout(() => child.kill("SIGTERM"), BOUND_MINUTES * 60_000);
  const decoder = new TextDecoder();
  let output = "";
  for await (const chunk of child.stdout) {
    await Deno.stdout.write(chunk);
    output += decoder.decode(chunk, { stream: true });
  }
  const { success } = await child.status;
  clearTimeout(bound);
  return { success, output };
}

/** Runs `deno test` on the paths, perhaps behind a command that enters a namespace, and adds up its count. */
async function test(title: string, paths: string[], options: { behind?: string[]; flags?: string[] } = {}) {
  console.log(`\n# ${title}`);
  const command = [Deno.execPath(), "test", "--allow-all", "--quiet", ...(options.flags ?? []), ...paths];
  const { success, output } = await show([...(options.behind ?? []), ...command], { NO_COLOR: "1" });
  tally.add(output, success);
}

async function kernelFiles(): Promise<string[]> {
  const files: string[] = [];
  for await (const entry of Deno.readDir("tests/kernel")) {
    if (entry.name.endsWith("_test.ts")) files.push(`tests/kernel/${entry.name}`);
  }
  return files.sort();
}

const only = Deno.args;
await provide(TOOLS);
const network = await privateNetwork();
const files = (await kernelFiles()).filter((file) => only.length === 0 || only.some((path) => file.startsWith(path)));
const units = only.length === 0
  ? ["lib", "tests/arrows_test.ts", "tests/tally_test.ts"]
  : only.filter((path) => !path.startsWith("tests/kernel"));

const absent = only.filter((path) => path.startsWith("tests/kernel") && !files.some((file) => file.startsWith(path)));
for (const path of absent) {
  console.error(`There is no kernel test ${path}.`);
  tally.fail();
}
if (units.length > 0) await test("units", units, { flags: ["--parallel"] });
const runnable: string[] = [];
for (const file of files) {
  const needs = /^\/\/ needs: (.*)$/m.exec(await Deno.readTextFile(file))?.[1]?.split(/[ ,]+/) ?? [];
  const missing = needs.filter((tool) => !installed(tool));
  if (network === null) {
    tally.skip(file, "this machine lets nobody but root make namespaces (user.max_user_namespaces)");
  } else if (missing.length > 0) tally.skip(file, `needs ${missing.join(", ")}`);
  else runnable.push(file);
}
if (network !== null) {
  for (const file of runnable) await test(file, [file], { behind: network });
}

console.log(tally.report());
Deno.exit(tally.succeeded ? 0 : 1);
