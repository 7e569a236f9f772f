/**
 * `deno task test`: installs what the tests need where it may, runs them all, and ends with the count.
 *
 * Everything under tests/kernel runs inside one private network namespace, so that no test can touch the machine's own
 * network, and everything under tests/vm inside a guest with a kernel of its own. A file there says in a
 * `// needs: nft ip` line which programs it compares with, and with `root` among them that an ordinary user's namespace,
 * which has no other users to change to, is not enough.
 */
import { privateNetwork } from "./private_network.ts";
import { Tally } from "./tally.ts";
import { installed, provide, TOOLS } from "./tools.ts";
import { writeImage } from "./vm/guest/image.ts";
import { providePackages, Unavailable } from "./vm/guest/packages.ts";
import { testInGuests } from "./vm/guest/run.ts";

/** In CI everything has to run. */
const tally = new Tally(Deno.env.get("CI") === "true");

/** Minutes after which a run of tests is ended: nothing here waits for ever. */
const BOUND_MINUTES = 20;

/** Seconds after which a guest that is still busy with one file is ended. */
const GUEST_SECONDS = 180;

const only = Deno.args;

/** Whether the file or folder is one that the task was asked for. */
function wanted(path: string): boolean {
  return only.length === 0 || only.some((prefix) => path.startsWith(prefix));
}

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

/** The programs that a file says it compares with. */
async function needs(file: string): Promise<string[]> {
  return /^\/\/ needs: (.*)$/m.exec(await Deno.readTextFile(file))?.[1]?.split(/[ ,]+/) ?? [];
}

/** The test files right in the folder that were asked for. */
async function filesIn(directory: string): Promise<string[]> {
  const files: string[] = [];
  for await (const { name } of Deno.readDir(directory)) {
    const file = `${directory}/${name}`;
    if (name.endsWith("_test.ts") && wanted(file)) files.push(file);
  }
  return files.sort();
}

/** Those of the files whose programs are all there; skips the others. */
async function runnable(files: string[]): Promise<string[]> {
  const able: string[] = [];
  for (const file of files) {
    const missing = (await needs(file)).filter((need) => need === "root" ? Deno.uid() !== 0 : !installed(need));
    if (missing.length > 0) tally.skip(file, `needs ${missing.join(", ")}`);
    else able.push(file);
  }
  return able;
}

/** Runs each file inside a private network of this machine. */
async function testInNetwork(files: string[]) {
  const network = await privateNetwork();
  if (network === null) {
    const reason = "this machine lets nobody but root make namespaces (user.max_user_namespaces)";
    for (const file of files) tally.skip(file, reason);
    return;
  }
  for (const file of await runnable(files)) await test(file, [file], { behind: network });
}

/** Runs each file inside a guest, and before them the tests of the guest itself. */
async function testInGuest(itself: string[], files: string[]) {
  try {
    const packages = await providePackages();
    if (itself.length > 0) await test("the guest itself", itself);
    const able = await runnable(files);
    if (able.length === 0) return;
    const image = await writeImage(packages, (await Promise.all(able.map(needs))).flat());
    try {
      const options = { seconds: GUEST_SECONDS, show: (line: string) => console.log(line) };
      const results = testInGuests(packages, image, able, options);
      for await (const { success, output } of results) tally.add(output, success);
    } finally {
      await Deno.remove(image);
    }
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    for (const file of [...itself, ...files]) tally.skip(file, error.message);
  }
}

await provide(TOOLS);
const apart = ["tests/kernel", "tests/vm"];
const kernel = await filesIn("tests/kernel");
const guest = await filesIn("tests/vm/guest");
const inGuest = await filesIn("tests/vm");
const units = only.length === 0
  ? ["lib", "tests/arrows_test.ts", "tests/tally_test.ts"]
  : only.filter((path) => !apart.some((directory) => path.startsWith(directory)));

for (const path of only.filter((path) => !units.includes(path))) {
  if ([...kernel, ...guest, ...inGuest].some((file) => file.startsWith(path))) continue;
  console.error(`There is no test ${path}.`);
  tally.fail();
}
if (units.length > 0) await test("units", units, { flags: ["--parallel"] });
if (kernel.length > 0) await testInNetwork(kernel);
if (guest.length + inGuest.length > 0) await testInGuest(guest, inGuest);

console.log(tally.report());
Deno.exit(tally.succeeded ? 0 : 1);
