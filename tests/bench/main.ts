/**
 * `deno task bench [WORD…]`: measures Patronus beside `nft`, prints the targets and what became of them, and writes
 * docs/benchmarks.md. With words, only the benchmarks whose titles hold one of them, and no page is written.
 *
 * The measuring process runs in a private network namespace and writes to one temporary directory. This one enters the
 * namespace, and removes the directory however the other ends.
 */
import { processIo } from "../../lib/cli/io.ts";
import { renderText } from "../../lib/cli/render.ts";
import { NetlinkSizeError } from "../../lib/netlink/wire/error.ts";
import { privateNetwork } from "../private_network.ts";
import { provide, TOOLS } from "../tools.ts";
import { addresses } from "./addresses.ts";
import type { Benchmark } from "./benchmark.ts";
import { daemon } from "./daemon.ts";
import { memory, start } from "./footprint.ts";
import { fullApply } from "./full_apply.ts";
import { listing } from "./listing.ts";
import { interfaces, linkDump, routes } from "./network.ts";
import { edited, transaction } from "./one_rule.ts";
import { FLAGS, run } from "./program.ts";
import { forTerminal, page, type Result } from "./report.ts";
import { Site } from "./site.ts";
import { store } from "./store.ts";
import { intoEmpty, ontoSame } from "./whole_process.ts";

const BENCHMARKS: readonly Benchmark[] = [
  fullApply,
  intoEmpty,
  ontoSame,
  transaction,
  edited,
  addresses,
  store,
  listing,
  linkDump,
  routes,
  interfaces,
  start,
  memory,
  daemon,
];

const PAGE = new URL("../../docs/benchmarks.md", import.meta.url);
/** Minutes after which the measuring process is ended. */
const BOUND_MINUTES = 10;
/** Set for the measuring process: the directory that it may write to. */
const DIRECTORY = "PATRONUS_BENCH_DIRECTORY";

/** Measures, prints and writes; everything here happens in the private network. */
async function measure(directory: string, wanted: readonly string[]): Promise<void> {
  const io = processIo();
  const site = new Site(directory);
  const results: Result[] = [];
  for (const benchmark of BENCHMARKS) {
    if (wanted.length > 0 && !wanted.some((word) => benchmark.title.includes(word))) continue;
    const result = await attempt(benchmark, site);
    results.push(result);
    io.write(renderText(forTerminal(result), io.stdout));
  }
  site.close();
  if (wanted.length === 0) Deno.writeTextFileSync(PAGE, page(results, await facts()));
}

async function attempt(benchmark: Benchmark, site: Site): Promise<Result> {
  try {
    return { benchmark, samples: await benchmark.measure(site) };
  } catch (error) {
    if (!isTooBig(error)) throw error;
    return { benchmark, obstacle: "this user's send buffer is too small for so many rules: run it as root" };
  }
}

/** Whether a transaction did not fit into what the kernel lets this user send at once; nft has but words for EMSGSIZE. */
function isTooBig(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return error instanceof NetlinkSizeError || error.message.includes("Message too long") || isTooBig(error.cause);
}

/** What a reader needs to compare with another machine, and nothing that says which machine it is. */
async function facts(): Promise<readonly (readonly [string, string])[]> {
  const version = /v\d\S*/.exec(await run(["nft", "--version"]));
  return [
    ["kernel", Deno.osRelease()],
    ["CPUs", `${navigator.hardwareConcurrency}, ${Deno.build.arch}`],
    ["Deno", Deno.version.deno],
    ["nft", version?.[0] ?? "unknown"],
  ];
}

/** Runs this file again behind `network`, in a directory that is gone afterwards. Gives the exit status. */
async function enter([program = "", ...words]: readonly string[], wanted: readonly string[]): Promise<number> {
  const directory = Deno.makeTempDirSync({ prefix: "patronus-bench-" });
  try {
    // The engine in the measuring process runs under the same flags as the command line.
    const child = new Deno.Command(program, {
      args: [...words, Deno.execPath(), "run", ...FLAGS, new URL(import.meta.url).pathname, ...wanted],
      env: { [DIRECTORY]: directory },
      stdin: "null",
    }).spawn();
    const end = () => child.kill("SIGTERM");
    for (const signal of ["SIGINT", "SIGTERM"] as const) Deno.addSignalListener(signal, end);
    const bound = setTimeout(end, BOUND_MINUTES * 60_000);
    const { code } = await child.status;
    clearTimeout(bound);
    return code;
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
}

const directory = Deno.env.get(DIRECTORY);
if (directory !== undefined) {
  await measure(directory, Deno.args);
} else {
  const missing = await provide(TOOLS);
  const network = await privateNetwork();
  if (missing.length > 0) throw new Error(`benchmarks need ${missing.map(({ command }) => command).join(", ")}`);
  if (network === null) throw new Error("this machine lets nobody but root make namespaces: run it as root");
  Deno.exit(await enter(network, Deno.args));
}
