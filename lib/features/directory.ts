/** The document's names, as its checks look them up: what a word stands for, and what may have been meant. */
import { nearest } from "../model/nearest.ts";
import { NAME } from "../model/id.ts";
import type { Family } from "../model/address.ts";
import { type Endpoint, parseEndpoint } from "../model/endpoint.ts";
import { aliasContents, type Contents } from "./aliases/contents.ts";
import type { Alias } from "./aliases/schema.ts";
import { BUILT_IN_CHAINS, type ReferenceKind } from "./collections.ts";
import type { Document } from "./document.ts";
import { either } from "./finding.ts";
import { type Layers, layers } from "./graph.ts";
import { deviceOf } from "./interfaces/values.ts";
import { namedObjects } from "./names.ts";

const KINDS: readonly ReferenceKind[] = ["interface", "zone", "alias", "chain"];

/** A search through a thousand names takes a while; behind so many, nobody reads suggestions. */
const MOST_SUGGESTIONS = 200;

/** Whether a word names an object that stands in the document, and of which no more could be read. */
export type Unread = (kind: ReferenceKind, word: string) => boolean;

export class Directory {
  /** For each alias, what stands in it itself. */
  readonly contents: ReadonlyMap<string, Contents>;
  /** How aliases hold each other. */
  readonly nesting: Layers;
  /** Whether all of the document could be read: only then does it mean something that a thing is missing. */
  readonly isWhole: boolean;
  readonly #document: Document;
  readonly #unread: Unread;
  readonly #kinds = new Map<ReferenceKind, Map<string, string>>();
  readonly #aliases: ReadonlyMap<string, Alias>;
  readonly #devices = new Map<string, readonly string[]>();
  readonly #empty = new Set<string>();
  readonly #families = new Map<string, readonly Family[]>();
  readonly #endpoints = new Map<string, Endpoint | null>();
  readonly #suggestions = new Map<string, string | undefined>();

  constructor(document: Document, unread?: Unread) {
    this.isWhole = unread === undefined;
    this.#document = document;
    this.#unread = unread ?? (() => false);
    for (const kind of KINDS) {
      this.#kinds.set(kind, new Map(namedObjects(document, kind).map(({ id, name }) => [id, name])));
    }
    for (const item of document.interfaces) this.#devices.set(item.id, [deviceOf(item)]);
    for (const { id, interfaces } of document.zones) {
      this.#devices.set(id, interfaces.flatMap((word) => this.is("interface", word) ? this.devices(word) : []));
    }
    this.#aliases = new Map(document.aliases.map((alias) => [alias.id, alias]));
    this.contents = new Map(
      document.aliases.map((alias) => [alias.id, aliasContents(alias, (word) => this.is("alias", word))]),
    );
    this.nesting = layers(new Map([...this.contents].map(([id, { nested }]) => [id, nested])));
    for (const id of this.nesting.depths.keys()) {
      this.#families.set(id, this.#familiesBelow(id));
      if (this.#holdsNothing(id)) this.#empty.add(id);
    }
  }

  is(kind: ReferenceKind, word: string): boolean {
    return this.#kinds.get(kind)?.has(word) === true || this.#unread(kind, word);
  }

  /** Undefined also where it could not be read. */
  alias(word: string): Alias | undefined {
    return this.#aliases.get(word);
  }

  /** A literal's addresses, read once: rules say the same ones often. */
  endpoint(word: string): Endpoint | null {
    let endpoint = this.#endpoints.get(word);
    if (endpoint === undefined) this.#endpoints.set(word, endpoint = parseEndpoint(word));
    return endpoint;
  }

  /** The name of the interface, zone or alias with this id; `!` in front stays. */
  name(id: string): string {
    if (id.startsWith("!")) return `!${this.name(id.slice(1))}`;
    for (const kind of ["interface", "zone", "alias"] as const) {
      const name = this.#kinds.get(kind)?.get(id);
      if (name !== undefined) return name;
    }
    return id;
  }

  /** The name of a chain: its ids are a namespace of their own. */
  chainName(id: string): string {
    return this.#kinds.get("chain")?.get(id) ?? id;
  }

  /** Devices of an interface or a zone. Where it could not be read, its name stands for what it has. */
  devices(place: string): readonly string[] {
    return this.#devices.get(place) ?? (this.#unread("interface", place) || this.#unread("zone", place) ? [place] : []);
  }

  /** Families that an alias has addresses of; both where a cycle leaves that open, or it could not be read. */
  families(id: string): readonly Family[] {
    return this.#families.get(id) ?? [4, 6];
  }

  /** Whether an alias holds nothing, neither itself nor in those that it names. */
  isEmpty(id: string): boolean {
    return this.#empty.has(id);
  }

  /** What is wrong with a word that should have named one of these kinds. */
  unknown(kinds: readonly ReferenceKind[], word: string): { readonly message: string; readonly hint?: string } {
    const label = either(kinds);
    const other = KINDS.find((kind) => this.#kinds.get(kind)?.has(word));
    if (other !== undefined) {
      return { message: `${this.#kinds.get(other)?.get(word)} is ${article(other)}, where ${article(label)} stands` };
    }
    const message = `there is no ${label} ${word}`;
    if (word === "any") return { message, hint: "leave the field out for any" };
    const close = NAME.test(word) ? this.#suggestion(kinds, word) : undefined;
    if (close !== undefined) return { message, hint: `did you mean ${close}?` };
    return this.#names(kinds).length === 0 ? { message, hint: `the document has no ${label} yet` } : { message };
  }

  #names(kinds: readonly ReferenceKind[]): string[] {
    const names = kinds.flatMap((kind) => namedObjects(this.#document, kind).map(({ name }) => name));
    return kinds.includes("chain") ? [...names, ...BUILT_IN_CHAINS] : names;
  }

  #suggestion(kinds: readonly ReferenceKind[], word: string): string | undefined {
    const key = `${kinds} ${word}`;
    if (!this.#suggestions.has(key) && this.#suggestions.size < MOST_SUGGESTIONS) {
      this.#suggestions.set(key, nearest(word, this.#names(kinds)));
    }
    return this.#suggestions.get(key);
  }

  /** Leaves come first, so that what is below is known; so it is in `#holdsNothing`. */
  #familiesBelow(id: string): Family[] {
    const { ipv4 = [], ipv6 = [], nested = [] } = this.contents.get(id) ?? {};
    return ([4, 6] as const).filter((family) =>
      (family === 4 ? ipv4 : ipv6).length > 0 || nested.some((inner) => this.families(inner).includes(family))
    );
  }

  #holdsNothing(id: string): boolean {
    const { ipv4 = [], ipv6 = [], ports = [], nested = [] } = this.contents.get(id) ?? {};
    return ipv4.length + ipv6.length + ports.length === 0 && nested.every((inner) => this.#empty.has(inner));
  }
}

function article(noun: string): string {
  return /^[aeiou]/.test(noun) ? `an ${noun}` : `a ${noun}`;
}
