/** Password hashes: `$scrypt$ln=15,r=8,p=3$SALT$KEY`, salt and key in base64 without padding (the PHC string format). */
import { decodeBase64, encodeBase64 } from "./base64.ts";
import type { People } from "./people.ts";
import { type Cost, KEY_LENGTH } from "./scrypt.ts";
import { sameBytes } from "./same_bytes.ts";

/** SP 800-63B asks for 4 bytes at least. */
const SALT_LENGTH = 16;

interface Hash {
  readonly cost: Cost;
  readonly salt: Uint8Array;
  readonly key: Uint8Array;
}

/** The hash to keep of a password. */
export async function hashPassword(people: People, password: string): Promise<string> {
  const { cost } = people;
  const salt = people.random(SALT_LENGTH);
  return print({ cost, salt, key: await people.derive(normal(password), salt, cost) });
}

/**
 * Whether a password is the one of a hash. Where there is no hash, because there is no such user, it takes as long as a wrong
 * password and gives false.
 */
export async function verifyPassword(people: People, password: string, hash: string | null): Promise<boolean> {
  const { cost, salt, key } = hash === null ? decoy(people) : parse(hash);
  const derived = await people.derive(normal(password), salt, cost);
  return sameBytes(derived, key) && hash !== null;
}

/** Whether a hash costs less than a new one would: it is made anew at the next login. */
export function isCheap(hash: string, { N, r, p }: Cost): boolean {
  const { cost } = parse(hash);
  return cost.N * cost.r * cost.p < N * r * p || cost.N * cost.r < N * r;
}

function decoy(people: People): Hash {
  return { cost: people.cost, salt: people.random(SALT_LENGTH), key: new Uint8Array(KEY_LENGTH) };
}

/** One password has one form, however a keyboard composes it (NFKC, as SP 800-63B asks). */
function normal(password: string): string {
  return password.normalize("NFKC");
}

function print({ cost: { N, r, p }, salt, key }: Hash): string {
  return `$scrypt$ln=${Math.log2(N)},r=${r},p=${p}$${encodeBase64(salt)}$${encodeBase64(key)}`;
}

function parse(hash: string): Hash {
  const [, ln, r, p, salt = "", key = ""] = /^\$scrypt\$ln=(\d+),r=(\d+),p=(\d+)\$([^$]+)\$([^$]+)$/.exec(hash) ?? [];
  if (ln === undefined) throw new Error("a password hash in the store is none");
  return {
    cost: { N: 2 ** Number(ln), r: Number(r), p: Number(p) },
    salt: decodeBase64(salt),
    key: decodeBase64(key),
  };
}
