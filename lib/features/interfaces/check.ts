/** Checks of interfaces. Whether their devices exist is no matter of the document. */
import type { Finding } from "../../model/error.ts";
import type { Document } from "../document.ts";
import { error, PLACES } from "../finding.ts";

/** In nft's syntax a quote ends the name, and a star at its end stands for anything. */
const UNSPEAKABLE = /["*\\]/;

export function checkInterfaces({ interfaces }: Document): Finding[] {
  const owners = new Map<string, string>();
  return interfaces.flatMap((each) => {
    const path = `${PLACES.interface(each)}.device`;
    const owner = owners.get(each.device);
    owners.set(each.device, each.name);
    if (owner !== undefined) {
      const hint = "a device has one name; patronus network rename changes it";
      return [error(path, `the device ${each.device} has two names: ${owner} and ${each.name}`, hint)];
    }
    if (!UNSPEAKABLE.test(each.device)) return [];
    return [error(path, `a device name with " * or \\ cannot stand in a rule`, "rename the device")];
  });
}
