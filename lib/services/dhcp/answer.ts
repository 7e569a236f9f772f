/** A server's answer, read variable by variable. The server may be anybody: what is not exactly right is left out and named. */
import { type Address, type Family, formatAddress, parseAddress } from "../../model/address.ts";
import type { Environment } from "./environment.ts";

/** Of 32 bits: for ever (RFC 2131, section 3.3; RFC 8415, section 7.7). */
const FOREVER = 0xffff_ffff;

/** What a server can list at most; one message has room for some hundred addresses. */
const MOST = 64;

/** A label of a domain (RFC 1035, section 2.3.1), with the underscore that service names have. */
const LABEL = /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/;
/** Characters of a domain without its final dot (RFC 1035, section 2.3.4). */
const DOMAIN_LENGTH = 253;

export class Answer {
  readonly problems: string[] = [];

  /** `prefix` is in front of each name, as `new_`. */
  constructor(readonly environment: Environment, readonly prefix: string) {}

  /** The variable as it stands; undefined where it is missing or empty. */
  text(name: string): string | undefined {
    return this.environment.get(`${this.prefix}${name}`) || undefined;
  }

  /** Names of the variables that match, without the prefix. */
  names(pattern: RegExp): string[] {
    return [...this.environment.keys()].filter((name) => name.startsWith(this.prefix))
      .map((name) => name.slice(this.prefix.length)).filter((name) => pattern.test(name));
  }

  /** The words of a variable: values of a list are parted by one space each. */
  words(name: string): string[] {
    const words = (this.text(name) ?? "").split(" ").filter((word) => word !== "");
    if (words.length > MOST) this.drop(name, words.slice(MOST).join(" "), `more than ${MOST} values`);
    return words.slice(0, MOST);
  }

  /** A whole number between the bounds. */
  number(name: string, least: number, most: number): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const value = /^\d{1,10}$/.test(text) ? Number(text) : NaN;
    if (value >= least && value <= most) return value;
    this.drop(name, text, `not a number from ${least} to ${most}`);
    return undefined;
  }

  /** Seconds; null for ever. */
  seconds(name: string): number | null | undefined {
    const value = this.number(name, 0, FOREVER);
    return value === FOREVER ? null : value;
  }

  /** One address that a host can have. */
  address(name: string, family: Family): Address | undefined {
    const text = this.text(name);
    return text === undefined ? undefined : this.host(name, text, family);
  }

  /** Addresses of hosts, each once. */
  addresses(name: string, family: Family): Address[] {
    const found = this.words(name).map((word) => this.host(name, word, family)).filter((each) => each !== undefined);
    return [...new Map(found.map((address) => [formatAddress(address), address])).values()];
  }

  /** A word of a variable as the address of a host; one of the link may carry its device, as in `fe80::1%eth0`. */
  host(name: string, word: string, family: Family): Address | undefined {
    const address = parseAddress(word.replace(/(?<=^fe[89ab][0-9a-f]:.*)%.*$/s, ""));
    if (address?.family === family && isHost(address)) return address;
    this.drop(name, word, `not the IPv${family} address of a host`);
    return undefined;
  }

  /** Domains, lower case and without a final dot, each once. */
  domains(name: string): string[] {
    const found: string[] = [];
    for (const word of this.words(name)) {
      const domain = word.toLowerCase().replace(/\.$/, "");
      if (domain.length <= DOMAIN_LENGTH && domain.split(".").every((label) => LABEL.test(label))) found.push(domain);
      else this.drop(name, word, "not a domain");
    }
    return [...new Set(found)];
  }

  drop(name: string, value: string, why: string): void {
    // JSON shows control characters as escapes: the words end up on terminals.
    this.problems.push(`left out ${name} ${JSON.stringify(value.slice(0, 80))}: ${why}`);
  }
}

/** Whether a host can have that address: none of the unspecified, loopback, multicast and reserved ones. */
function isHost({ family, value }: Address): boolean {
  if (family === 6) return value > 1n && value >> 120n !== 0xffn;
  // 0/8, 127/8, 224/4 and 240/4 (RFC 6890).
  const first = Number(value >> 24n);
  return first !== 0 && first !== 127 && first < 224;
}
