/** An engine with a state directory of its own, and documents to give it. */
import { read } from "../../lib/config/format.ts";
import { type Engine, type EngineOptions, openEngine } from "../../lib/engine/mod.ts";
import type { Clock } from "../../lib/engine/clock.ts";
import type { Document } from "../../lib/features/document.ts";
import { flush, nft } from "./nft_harness.ts";

/** A clock that stands still until it is moved. */
export class TestClock implements Clock {
  bootId = "first";
  time = 1_000_000;
  now(): number {
    return this.time;
  }
}

/** A directory for one test's state and lock, and the engines opened on it. */
export class Site {
  readonly stateDir: string;
  readonly runDir: string;
  readonly clock = new TestClock();
  readonly #engines: Engine[] = [];

  constructor(readonly directory: string) {
    this.stateDir = `${directory}/state`;
    this.runDir = `${directory}/run`;
  }

  options(more: Partial<EngineOptions> = {}): EngineOptions {
    return {
      stateDir: this.stateDir,
      runDir: this.runDir,
      etcDir: this.directory,
      user: "ann",
      clock: this.clock,
      startWatchdog: () => Promise.resolve(),
      startKeeper: () => Promise.resolve(false),
      ...more,
    };
  }

  async open(more: Partial<EngineOptions> = {}): Promise<Engine> {
    const engine = await openEngine(this.options(more));
    this.#engines.push(engine);
    return engine;
  }

  close(): void {
    for (const engine of this.#engines) engine.close();
    this.#engines.length = 0;
  }
}

/** A test with a site, an empty ruleset and no forwarding, before and after it. */
export function engineTest(name: string, work: (site: Site) => Promise<void>): void {
  Deno.test(name, async () => {
    const site = new Site(Deno.makeTempDirSync());
    flush();
    setForwarding("0");
    try {
      await work(site);
    } finally {
      site.close();
      Deno.removeSync(site.directory, { recursive: true });
      flush();
    }
  });
}

const FORWARDING_FILES = ["/proc/sys/net/ipv4/ip_forward", "/proc/sys/net/ipv6/conf/all/forwarding"];

export function setForwarding(value: "0" | "1"): void {
  for (const file of FORWARDING_FILES) Deno.writeTextFileSync(file, value);
}

/** `00`, `10`, `01` or `11`: IPv4 and IPv6. */
export function forwarding(): string {
  return FORWARDING_FILES.map((file) => Deno.readTextFileSync(file).trim()).join("");
}

/** A document from its written form. */
export function written(toml: string): Document {
  const { document, findings } = read(toml, "toml");
  if (document === null) throw new Error(JSON.stringify(findings));
  return document;
}

/** A document that lets TCP to these ports in, with each rule's id after its port. */
export function opening(...ports: number[]): Document {
  return written(ports.map((port) => rule(`port-${port}`, `destination_port = ${port}`)).join("\n"));
}

export function rule(id: string, fields: string): string {
  return `[[firewall.rules]]\nid = "${id}"\nchain = "input"\naction = "accept"\nprotocol = "tcp"\n${fields}\n`;
}

/** Makes a document the user's candidate. */
export function edit(engine: Engine, document: Document, user = "ann"): void {
  const { store } = engine;
  store.saveCandidate(user, store.candidate(user)?.base ?? store.head()?.number ?? null, document);
}

/** The TCP ports that the kernel's table lets in by the user's rules, in order. */
export function openPorts(): number[] {
  try {
    return [...nft(["list", "chain", "inet", "patronus", "input-rules"]).matchAll(/tcp dport (\d+)/g)]
      .map(([, port]) => Number(port));
  } catch {
    return [];
  }
}

/** The version in the kernel, as `nft` lists the stamp. */
export function stampedVersion(): number | null {
  const [, version] = /stamp: version (\d+) /.exec(nft(["list", "ruleset"])) ?? [];
  return version === undefined ? null : Number(version);
}
