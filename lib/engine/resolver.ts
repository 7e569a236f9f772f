/**
 * The machine's own resolv.conf as a step (resolv.conf(5)): the document's name servers first, then those that DHCP brings.
 * With none of either, the file is left as it is, or becomes again what it was before Patronus wrote it.
 */
import { resolverBeforePath } from "../config/paths.ts";
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

/** The first line of what Patronus writes. */
const HEAD = "# Written by Patronus: what is changed here does not last.";

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
    HEAD,
    ...all.map((server) => `nameserver ${server}`),
    ...(domains.length === 0 ? [] : [`search ${domains.join(" ")}`]),
    "",
  ].join("\n");
}

/** fe80::/10 (RFC 4291). */
const LINK_LOCAL = 0x3fan;

/** Places of the machine that the driver reads and writes. */
export interface ResolverPlaces {
  /** Where the file is kept that was there before. */
  readonly stateDir: string;
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
    const after = this.#wanted(wanted);
    const before = standing(this.#path);
    if (after === undefined || same(before, after)) return Promise.resolve(null);
    return Promise.resolve({
      kind: this.kind,
      title: `write ${this.#path}`,
      changes: [change(this.#path, before, after)],
      redo: after,
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
    const after = this.#wanted(wanted);
    const now = standing(this.#path);
    return Promise.resolve(after === undefined || same(now, after) ? [] : [change(this.#path, now, after)]);
  }

  /** Writes the file anew where leases have changed. Throws a `PatronusError` that names it. */
  refresh(wanted: Wanted): void {
    const after = this.#wanted(wanted);
    if (after !== undefined && !same(standing(this.#path), after)) this.#become(after);
  }

  /** What shall stand there; undefined: what does. */
  #wanted(wanted: Wanted): Standing | undefined {
    const text = this.#text(wanted);
    if (text !== null) return { text };
    return isOwn(standing(this.#path)) ? this.#saved() : undefined;
  }

  /** What was there before Patronus wrote it; undefined where that is not known. */
  #saved(): Standing | undefined {
    try {
      return JSON.parse(Deno.readTextFileSync(resolverBeforePath(this.#places.stateDir)));
    } catch {
      return undefined;
    }
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
    const before = standing(path);
    if (isOwn(wanted) && !isOwn(before)) {
      atomicWrite(resolverBeforePath(this.#places.stateDir), JSON.stringify(before), 0o600);
    }
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

function same(a: Standing, b: Standing): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** Whether Patronus wrote it. */
function isOwn(standing: Standing): boolean {
  return standing !== null && "text" in standing && standing.text.startsWith(HEAD);
}

function change(path: string, before: Standing, after: Standing): Change {
  const shown = (standing: Standing) =>
    standing === null ? "" : "text" in standing ? words(standing.text) : `link to ${standing.link}`;
  return {
    action: before === null ? "add" : after === null ? "remove" : "change",
    subject: `file ${path}`,
    ...(before === null ? {} : { before: shown(before) }),
    ...(after === null ? {} : { after: shown(after) }),
  };
}

/** Its lines that say something, in one. */
function words(text: string): string {
  return text.split("\n").filter((line) => line !== "" && !line.startsWith("#")).join(", ") || "empty";
}
