/** Devices of the machine that a command names before anybody gave them a name here. */
import { freeId, NAME, slug } from "../../model/id.ts";
import type { Document } from "../document.ts";
import { itemsOf, takenIds, withItems } from "../objects.ts";
import type { Session } from "../session.ts";
import { validItem } from "../valid.ts";

/**
 * A change that makes an interface, under its own name, of each word that is a device of the machine and no interface yet.
 * Words that are neither stay for the command to refuse.
 */
export async function adopting(words: readonly string[], session: Session): Promise<(document: Document) => Document> {
  const devices = words.length === 0 ? new Set<string>() : new Set((await session.devices()).map(({ name }) => name));
  const wanted = [...new Set(words)].filter((word) => devices.has(word) && NAME.test(word));
  return (document) =>
    wanted.filter((word) => !document.interfaces.some(({ name, id }) => name === word || id === word)).reduce(
      (before, name) => {
        const id = freeId(slug(name), takenIds(before, "interfaces"));
        return withItems(before, "interfaces", [
          ...itemsOf(before, "interfaces"),
          validItem("interfaces", { id, name }),
        ]);
      },
      document,
    );
}
