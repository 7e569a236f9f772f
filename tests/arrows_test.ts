/**
 * Holds the house to its plan: who may import whom (never back up), and that the pure parts stay pure.
 * The order is that of docs/architecture.md.
 */
import { assertEquals } from "../lib/std/assert.ts";

/** Each part with the parts it may import; a part may always import itself, and everybody the typed doors of `std`. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  "lib/std": [],
  "lib/model": [],
  "lib/netlink/wire": ["lib/model"],
  "lib/netlink/socket": ["lib/netlink/wire", "lib/model"],
  "lib/nft": ["lib/netlink/wire", "lib/model"],
  "lib/services": ["lib/model"],
  "lib/features": ["lib/nft", "lib/netlink", "lib/services", "lib/model"],
  "lib/config": ["lib/features", "lib/nft", "lib/model"],
  "lib/engine": ["lib/config", "lib/features", "lib/nft", "lib/netlink", "lib/services", "lib/model"],
  // Each declares its resource over what the engine offers.
  "routes": ["lib/engine", "lib/config", "lib/features", "lib/model"],
  "lib/web": ["routes", "lib/engine", "lib/config", "lib/features", "lib/model", "deno.json"],
  // Its own version stands in deno.json.
  "lib/cli": [
    "lib/web",
    "lib/engine",
    "lib/config",
    "lib/features",
    "lib/nft",
    "lib/netlink",
    "lib/services",
    "lib/model",
    "deno.json",
  ],
  "lib/demo": [
    "lib/web",
    "lib/cli",
    "lib/engine",
    "lib/config",
    "lib/features",
    "lib/nft",
    "lib/netlink",
    "lib/services",
    "lib/model",
  ],
  "main.ts": ["lib/cli"],
};

/** No I/O, no clock, no randomness: what is in these files is a function of what is passed in. */
const PURE = [
  /^lib\/model\//,
  /^lib\/nft\//,
  /^lib\/netlink\/wire\//,
  /^lib\/features\/(?!.*\/(status|commands)\.ts$)/,
];

const IMPURE =
  /\bDeno\.(?!build\b)|\bDate\.now\b|\bnew Date\(\)|\bMath\.random\b|\bperformance\.now\b|\bcrypto\.|\bfetch\(|\bset(Timeout|Interval)\b|\bconsole\.|\bnew Worker\b|\bglobalThis\b|["']node:/;

const IMPORT = /(?:^|\n)\s*(?:import|export)\b(?:[^;'"]*?from)?\s*["']([^"']+)["']|\bimport\(\s*["']([^"']+)["']/g;

interface Source {
  readonly path: string;
  readonly text: string;
}

async function* sources(directory: string): AsyncGenerator<Source> {
  for await (const entry of Deno.readDir(directory)) {
    const path = `${directory}/${entry.name}`;
    if (entry.isDirectory) yield* sources(path);
    else if (/\.tsx?$/.test(path) && !/_test\.tsx?$/.test(path)) yield { path, text: await Deno.readTextFile(path) };
  }
}

async function house(): Promise<Source[]> {
  const found: Source[] = [];
  for (const directory of ["lib", "routes"]) {
    for await (const source of sources(directory)) found.push(source);
  }
  for await (const { name } of Deno.readDir(".")) {
    if (name.endsWith(".ts")) found.push({ path: name, text: await Deno.readTextFile(name) });
  }
  return found;
}

/** The part a file belongs to: the longest entry of the table that its path begins with. */
function part(path: string): string | undefined {
  return Object.keys(MAY_IMPORT).filter((name) => path === name || path.startsWith(`${name}/`))
    .sort((a, b) => b.length - a.length)[0];
}

function resolve(from: string, specifier: string): string {
  return new URL(specifier, `file:///${from}`).pathname.slice(1);
}

/** Imports of a file that go where its part may not. */
export function forbidden(source: Source): string[] {
  const own = part(source.path);
  if (own === undefined) return [`${source.path}: belongs to no part of the house`];
  const wrong: string[] = [];
  for (const [, named, dynamic] of source.text.matchAll(IMPORT)) {
    const specifier = named ?? dynamic ?? "";
    if (!specifier.startsWith(".")) continue;
    const target = resolve(source.path, specifier);
    const other = part(target);
    const allowed = other === own || other === "lib/std" ||
      (MAY_IMPORT[own] ?? []).some((name) => target === name || target.startsWith(`${name}/`));
    if (!allowed) wrong.push(`${source.path} imports ${target}`);
  }
  return wrong;
}

/** Uses of clock, randomness and I/O in a file that must be pure. */
export function impure(source: Source): string[] {
  if (!PURE.some((pattern) => pattern.test(source.path))) return [];
  const code = source.text.replace(/\/\*[\s\S]*?\*\/|(^|\s)\/\/.*$/gm, "$1");
  const use = IMPURE.exec(code)?.[0];
  const socket = /["'][./]*\/(netlink\/socket|services)\//.exec(code)?.[0];
  return [use, socket].filter((found) => found !== undefined).map((found) => `${source.path} uses ${found}`);
}

Deno.test("imports never go back up the house", async () => {
  assertEquals((await house()).flatMap(forbidden), []);
});

Deno.test("pure parts have no I/O, clock or randomness", async () => {
  assertEquals((await house()).flatMap(impure), []);
});

/** Packages that a file and all that it imports, however far, load before it does anything. */
function packagesOf(path: string, sources: ReadonlyMap<string, string>): Set<string> {
  const packages = new Set<string>();
  const seen = new Set<string>();
  const visit = (path: string) => {
    if (seen.has(path)) return;
    seen.add(path);
    for (const [statement, specifier = ""] of (sources.get(path) ?? "").matchAll(IMPORT)) {
      if (specifier === "" || /^\s*(import|export) type\b/.test(statement)) continue;
      if (specifier.startsWith(".")) visit(resolve(path, specifier));
      else packages.add(specifier);
    }
  };
  visit(path);
  return packages;
}

Deno.test("what reads, plans and boots starts without the schemas", async () => {
  const sources = new Map((await house()).map(({ path, text }) => [path, text]));
  const verbs = ["cli/verbs/engine.ts", "cli/verbs/status.ts", "features/firewall/list.ts", "features/nat/list.ts"];
  for (
    const path of [
      "main.ts",
      ...["cli/desk.ts", "cli/local_desk.ts", "cli/daemon_desk.ts", "config/store.ts", "engine/mod.ts", ...verbs].map((
        path,
      ) => `lib/${path}`),
    ]
  ) {
    assertEquals(packagesOf(path, sources).has("zod"), false, path);
  }
  assertEquals(packagesOf("lib/features/verbs.ts", sources).has("zod"), true);
});

Deno.test("a forbidden import and an impure use are found", () => {
  const bad = { path: "lib/nft/bad.ts", text: `import { x } from "../engine/mod.ts";\nexport const now = Date.now();` };
  assertEquals(forbidden(bad), ["lib/nft/bad.ts imports lib/engine/mod.ts"]);
  assertEquals(impure(bad), ["lib/nft/bad.ts uses Date.now"]);
  assertEquals(forbidden({ path: "lib/model/bad.ts", text: `import "../engine/mod.ts";` }).length, 1);
  for (
    const use of [
      `import { readFileSync } from "node:fs";`,
      "setInterval(() => {});",
      "new Worker(x);",
      `globalThis["Deno"];`,
    ]
  ) {
    assertEquals(impure({ path: "lib/model/bad.ts", text: use }).length, 1, use);
  }
  assertEquals(forbidden({ path: "lib/model/lazy.ts", text: `const m = await import("../nft/text.ts");` }).length, 1);
});
