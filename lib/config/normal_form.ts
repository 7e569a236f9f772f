/** Holds a document to its schema before it is kept, so that no reader has to do it again. */
import { type Document, SCHEMAS } from "../features/document.ts";
import { complaints } from "../features/complaint.ts";
import { fieldPath } from "../features/valid.ts";
import { PatronusError } from "../model/error.ts";
import { deltas } from "./delta.ts";
import { same } from "./parts.ts";

/** Checks what differs from `before`, which was checked when it was made. Throws `input` where it is not in normal form. */
export function refuseMalformed(before: Document | null, after: Document): void {
  for (const { collection, id, object } of deltas(before, after, () => new Map())) {
    if (object === null) continue;
    const parsed = SCHEMAS[collection].safeParse(object);
    if (parsed.success && same(parsed.data, object)) continue;
    const path = id === "" ? collection : `${collection}[${id}]`;
    const findings = (parsed.error?.issues ?? []).flatMap((issue) =>
      complaints(SCHEMAS[collection], issue, object, (field) => `${path}${fieldPath(field)}`)
    );
    const why = findings[0] === undefined ? "" : `: ${findings[0].message}`;
    throw new PatronusError("input", `${path} is not in normal form${why}`, { findings });
  }
}
