/**
 * The machine's own resolv.conf as a step (resolv.conf(5)): the document's name servers first, then those that DHCP brings.
 * With none of either, the file is left as it is.
 */
import type { NetworkState, ResolverState } from "../features/network_state.ts";
import { formatAddress } from "../model/address.ts";
import { systemError } from "../model/system_error.ts";
import { type Lease, readLeases } from "../services/dhcp/mod.ts";
import { atomicWrite } from "../services/file.ts";
import type { Change, PlannedStep, StepDriver } from "./step.ts";

/** Where the machine's own settings are (hier(7)). */
export const ETC = "/etc";

/** MAXNS and MAXDNSRCH of resolv.h: what the C library reads. */
const SERVERS = 3;
const DOMAINS = 6;

/** What stands at the path: a text, a link, or nothing. */
export type Standing = { readonly text: string } | { readonly link: string } | null;

interface Wanted {
  readonly network: NetworkState;
  readonly resolver: ResolverState;
}

/** The file, or null where nobody names a server. */
export function resolvConf({ servers, search }: ResolverState, leases: readonly Lease[]): string | null {
  const brought = leases.flatMap(({ device, resolvers }) =>
    resolvers.map((address) => {
      const text = formatAddress(address);
      return address.family === 6 && address.value >> 118n === LINK_LOCAL ? `${text}%${device}` : text;
    })
  );
  const all = [...new Set([...servers, ...brought])].slice(0, SERVERS);
  const domains = [...new Set([...search, ...leases.flatMap((lease) => lease.search)])].slice(0, DOMAINS);
  if (all.length === 0) return null;
  return [
    "# Written by Patronus: what is changed here does not last.",
    ...all.map((server) => `nameserver ${server}`),
    ...(domains.length === 0 ? [] : [`search ${domains.join(" ")}`]),
    "",
  ].join("\n");
}

/** fe80::/10 (RFC 4291). */
const LINK_LOCAL = 0x3fan;

/** Places of the machine that the driver reads and writes. */
export interface ResolverPlaces {
  readonly runDir: string;
  /** Where resolv.conf is. */
  readonly etcDir: string;
}

export class ResolverDriver implements StepDriver<Wanted> {
  readonly kind = "resolver";
  readonly order = 50;
  readonly #places: ResolverPlaces;

  constructor(places: ResolverPlaces) {
    this.#places = places;
  }

  plan(wanted: Wanted): Promise<PlannedStep | null> {
    const text = this.#text(wanted);
    const before = standing(this.#path);
    if (text === null || isText(before, text)) return Promise.resolve(null);
    return Promise.resolve({
      kind: this.kind,
      title: `write ${this.#path}`,
      changes: [change(this.#path, before, text)],
      redo: { text } satisfies Standing,
      undo: before,
    });
  }

  apply(redo: unknown): Promise<void> {
    this.#become(redo as Standing);
    return Promise.resolve();
  }

  undo(undo: unknown): Promise<void> {
    this.#become(undo as Standing);
    return Promise.resolve();
  }

  verify(wanted: Wanted): Promise<readonly Change[]> {
    const text = this.#text(wanted);
    const now = standing(this.#path);
    return Promise.resolve(text === null || isText(now, text) ? [] : [change(this.#path, now, text)]);
  }

  /** Writes the file anew where leases have changed. Throws a `PatronusError` that names it. */
  refresh(wanted: Wanted): void {
    const text = this.#text(wanted);
    if (text !== null && !isText(standing(this.#path), text)) this.#become({ text });
  }

  get #path(): string {
    return `${this.#places.etcDir}/resolv.conf`;
  }

  /** Leases of devices that the document has on DHCP. */
  #text({ network, resolver }: Wanted): string | null {
    const devices = new Set(network.links.filter(({ dhcp }) => dhcp).map(({ device }) => device));
    const leases = devices.size === 0 ? [] : readLeases(this.#places.runDir);
    return resolvConf(resolver, leases.filter(({ device }) => devices.has(device)));
  }

  #become(wanted: Standing): void {
    const path = this.#path;
    if (wanted !== null && "text" in wanted) return atomicWrite(path, wanted.text, 0o644);
    try {
      Deno.removeSync(path);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw systemError(error, `cannot remove ${path}`);
    }
    if (wanted !== null) Deno.symlinkSync(wanted.link, path);
  }
}

function standing(path: string): Standing {
  try {
    if (Deno.lstatSync(path).isSymlink) return { link: Deno.readLinkSync(path) };
    return { text: Deno.readTextFileSync(path) };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw systemError(error, `cannot read ${path}`);
  }
}

function isText(standing: Standing, text: string): boolean {
  return standing !== null && "text" in standing && standing.text === text;
}

function change(path: string, before: Standing, after: string): Change {
  return {
    action: before === null ? "add" : "change",
    subject: `file ${path}`,
    ...(before === null ? {} : { before: "text" in before ? words(before.text) : `link to ${before.link}` }),
    after: words(after),
  };
}

/** Its lines that say something, in one. */
function words(text: string): string {
  return text.split("\n").filter((line) => line !== "" && !line.startsWith("#")).join(", ") || "empty";
}
