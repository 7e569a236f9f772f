/** Keys that stand twice in one object: JSON's own parser takes the last and says nothing (RFC 8259, section 4). */

/** An object or a list that is not closed yet. */
interface Open {
  /** Of an object: its keys so far. */
  readonly keys: Set<string> | null;
  /** The key or index of what is being read. */
  step: string;
  index: number;
}

/** Nobody reads more. */
const MOST = 100;

/** Repeated keys with their places, as `firewall.rules[2].action`; the first hundred. The text must be JSON. */
export function repeatedKeys(text: string): { readonly place: string; readonly key: string }[] {
  const open: Open[] = [];
  const found: { place: string; key: string }[] = [];
  let expectsKey = false;
  for (let at = 0; at < text.length && found.length < MOST; at++) {
    const inside = open.at(-1);
    switch (text[at]) {
      case "{":
        open.push({ keys: new Set(), step: "", index: 0 });
        expectsKey = true;
        break;
      case "[":
        open.push({ keys: null, step: "[0]", index: 0 });
        expectsKey = false;
        break;
      case "}":
      case "]":
        open.pop();
        expectsKey = false;
        break;
      case ",":
        if (inside?.keys === null) inside.step = `[${++inside.index}]`;
        else expectsKey = true;
        break;
      case '"': {
        const end = stringEnd(text, at);
        if (expectsKey && inside?.keys) {
          const key: string = JSON.parse(text.slice(at, end + 1));
          inside.step = `.${key}`;
          if (inside.keys.has(key)) {
            found.push({ place: open.map(({ step }) => step).join("").replace(/^\./, ""), key });
          }
          inside.keys.add(key);
          expectsKey = false;
        }
        at = end;
      }
    }
  }
  return found;
}

/** Index of the quote that ends the string which begins at `start`. */
function stringEnd(text: string, start: number): number {
  let end = start + 1;
  while (end < text.length && text[end] !== '"') end += text[end] === "\\" ? 2 : 1;
  return end;
}
