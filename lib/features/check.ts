/** What is wrong with a document, beyond its shape, which the schema sees to. */
import type { Finding } from "../model/error.ts";
import { checkAliases } from "./aliases/check.ts";
import { Directory, type Unread } from "./directory.ts";
import type { Document } from "./document.ts";
import { checkFirewall } from "./firewall/check.ts";
import { checkIdentities } from "./identity_check.ts";
import { checkInterfaces } from "./interfaces/check.ts";
import { type Broken, checkReferences } from "./reference_check.ts";
import { sharedBy } from "./memo.ts";
import { checkNat } from "./nat/check.ts";
import { checkRoutes } from "./routes/check.ts";
import { checkZones } from "./zones/check.ts";

const directoryOf = sharedBy(
  ({ aliases, interfaces, zones, firewall }) => [aliases, interfaces, zones, firewall.chains],
  (document) => new Directory(document),
);

/**
 * Checks a document: all findings at once, in the order of the document; never throws. One without errors compiles to what
 * the kernel accepts.
 */
export function check(document: Document): Finding[] {
  return checkWith(document, directoryOf(document));
}

/**
 * Errors in what could be read of a document. What `unread` names stands in it too, but nothing else is known of it; of
 * `broken` objects only the references are looked at. Warnings and notes have to wait: they speak of the whole.
 */
export function checkRest(document: Document, unread: Unread, broken: readonly Broken[]): Finding[] {
  const directory = new Directory(document, unread);
  return [
    ...broken.flatMap((each) => checkReferences(each, directory)),
    ...checkWith(document, directory).filter(({ severity }) => severity === "error"),
  ];
}

function checkWith(document: Document, directory: Directory): Finding[] {
  return [
    ...checkIdentities(document),
    ...checkInterfaces(document, directory),
    ...checkRoutes(document, directory),
    ...checkZones(document, directory),
    ...checkAliases(document, directory),
    ...checkFirewall(document, directory),
    ...checkNat(document, directory),
  ];
}
