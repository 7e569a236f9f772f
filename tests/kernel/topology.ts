/** A LAN, a DMZ, a WAN and the router between them, for tests that send packets: documents and claims about them. */
import { endChildren } from "../../lib/demo/children.ts";
import { buildLab, type Lab } from "../../lib/demo/lab.ts";
import { findDoorway } from "../../lib/demo/namespace.ts";
import type { Station } from "../../lib/demo/station.ts";
import { observe } from "../../lib/demo/trial.ts";
import { assertEquals } from "../../lib/std/assert.ts";
import { type Claim, expected, observed, readClaims } from "./claim.ts";
import { assertPrivateNetwork } from "../private_network.ts";
import { type Machine, TOPOLOGY } from "./places.ts";

/** The interfaces of every document. */
const INTERFACES = TOPOLOGY.hosts.map(({ name, device }) => `[[interfaces]]\nname = "${name}"\ndevice = "${device}"\n`)
  .join("\n");

/** One topology for all tests of a file. */
export class Topology {
  readonly #directory: string;
  readonly #lab: Lab;
  #loaded: string | undefined;

  private constructor(directory: string, lab: Lab) {
    this.#directory = directory;
    this.#lab = lab;
  }

  static async build(): Promise<Topology> {
    assertPrivateNetwork();
    const directory = Deno.makeTempDirSync();
    return new Topology(directory, await buildLab(directory, await findDoorway(), TOPOLOGY));
  }

  station(machine: Machine): Station {
    const station = machine === "router" ? this.#lab.router : this.#lab.hosts.get(machine);
    if (station === undefined) throw new RangeError(`the topology has no ${machine}`);
    return station;
  }

  /** Brings the router to a document, whose interfaces are written already; does nothing where it has it. */
  async load(document: string): Promise<void> {
    if (this.#loaded === document) return;
    this.#loaded = undefined;
    await this.station("router").ask("load", INTERFACES + document);
    this.#loaded = document;
  }

  /** Sends the packet of a claim, and fails where it does not hold. */
  async prove(claim: Claim): Promise<void> {
    const found = await observe(this.station("router"), this.station(claim.from), claim.attempt);
    assertEquals(observed(claim, found), expected(claim), claim.text);
  }

  /** Words in front of a command that make it run on a machine. */
  doorway(machine: Machine): string[] {
    return [this.#lab.scripts.enter, String(this.station(machine).pid)];
  }

  async end(): Promise<void> {
    await endChildren();
    Deno.removeSync(this.#directory, { recursive: true });
  }
}

/** Says that the tests of this file need a topology, which is built before the first; gives a way to it. */
export function useTopology(): () => Topology {
  let built: Topology | undefined;
  Deno.test.beforeAll(async () => {
    built = await Topology.build();
  });
  Deno.test.afterAll(async () => await built?.end());
  return () => {
    if (built === undefined) throw new Error("the topology is built when the tests begin");
    return built;
  };
}

/** Makes a test of each claim about a document, for each family. */
export function claims(
  topology: () => Topology,
  subject: string,
  document: string,
  sentences: readonly string[],
): void {
  for (const text of sentences) {
    const all = readClaims(text);
    for (const claim of all) {
      const family = all.length > 1 ? `, IPv${claim.family}` : "";
      Deno.test(`${subject}: ${text}${family}`, async () => {
        await topology().load(document);
        await topology().prove(claim);
      });
    }
  }
}
