/** Ids and names of the document's objects. */

/** An immutable id: 1 to 48 characters. */
export const ID = /^[a-z][a-z0-9-]{0,47}$/;

/**
 * A name that people give and may change: 1 to 32 characters, without dot, colon or slash, so that no address, prefix,
 * or MAC is a name, and never a number, so that no port is one.
 */
export const NAME = /^[A-Za-z][A-Za-z0-9_-]{0,31}$/;

/** A network device's name: 1 to 15 bytes (IFNAMSIZ 16 of linux/if.h with its zero), no slash, no white space. */
export const DEVICE = /^(?!\.{1,2}$)[!-.0-9;-~]{1,15}$/;

/** Makes an id out of a name or any other words: lower case, dashes for what an id cannot hold. */
export function slug(words: string): string {
  const dashed = words.toLowerCase().normalize("NFKD").replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "");
  const headed = /^[a-z]/.test(dashed) ? dashed : dashed === "" ? "x" : `x-${dashed}`;
  return headed.slice(0, 48).replace(/-+$/, "");
}

/** `base`, or `base-2`, `base-3` … whichever is not taken yet. */
export function freeId(base: string, taken: { has(id: string): boolean }): string {
  if (!taken.has(base)) return base;
  for (let count = 2;; count++) {
    const suffix = `-${count}`;
    const candidate = base.slice(0, 48 - suffix.length) + suffix;
    if (!taken.has(candidate)) return candidate;
  }
}
