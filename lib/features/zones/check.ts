/** Checks of zones. */
import type { Finding } from "../../model/error.ts";
import type { Directory } from "../directory.ts";
import type { Document } from "../document.ts";
import { error, PLACES, repeats } from "../finding.ts";

export function checkZones({ zones }: Document, directory: Directory): Finding[] {
  return zones.flatMap((zone) => {
    const path = `${PLACES.zone(zone)}.interfaces`;
    const unknown = zone.interfaces.flatMap((word, index) => {
      if (directory.is("interface", word)) return [];
      const { message, hint } = directory.unknown(["interface"], word);
      return [error(`${path}[${index}]`, message, hint)];
    });
    return [...unknown, ...repeats(path, zone.interfaces.map((word) => directory.name(word)))];
  });
}
