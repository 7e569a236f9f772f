/**
 * What was worked out from a document, for the next one: documents are immutable and share whatever an edit leaves alone,
 * so of ten thousand rules only the edited one is checked and compiled again.
 */
import type { Document } from "./document.ts";

/** `make`, which gives the same value again for the very same object in the very same context. It looks at nothing else. */
export function remembered<Source extends object, Context extends object, Value>(
  make: (source: Source, context: Context) => Value,
): (source: Source, context: Context) => Value {
  const contexts = new WeakMap<Context, WeakMap<Source, Value>>();
  return (source, context) => {
    let kept = contexts.get(context);
    if (kept === undefined) contexts.set(context, kept = new WeakMap());
    let value = kept.get(source);
    if (value === undefined) kept.set(source, value = make(source, context));
    return value;
  };
}

/** `make`, which gives the same value again for documents in which these lists are the very same. It looks at nothing else. */
export function sharedBy<Value>(
  listsOf: (document: Document) => readonly [object, ...object[]],
  make: (document: Document) => Value,
): (document: Document) => Value {
  const kept = new WeakMap<object, { readonly lists: readonly object[]; readonly value: Value }>();
  return (document) => {
    const lists = listsOf(document);
    const known = kept.get(lists[0]);
    if (known?.lists.every((list, index) => list === lists[index])) return known.value;
    const value = make(document);
    kept.set(lists[0], { lists, value });
    return value;
  };
}
