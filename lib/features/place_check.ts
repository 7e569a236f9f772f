/** Checks of interfaces and zones where rules name them. */
import type { Finding } from "../model/error.ts";
import type { Directory } from "./directory.ts";
import { error, repeats, warning } from "./finding.ts";
import { split } from "./scope.ts";

/** Checks a list of interfaces and zones; `!` in front excludes. */
export function checkPlaces(places: readonly string[], path: string, directory: Directory): Finding[] {
  if (places.length === 0) return [];
  const unknown = unknownPlaces(places, path, directory);
  if (unknown.length > 0) return unknown;
  return [...reach(places, path, directory), ...repeats(path, places.map((place) => directory.name(place)))];
}

function unknownPlaces(places: readonly string[], path: string, directory: Directory): Finding[] {
  return places.flatMap((place, index) => {
    const word = place.startsWith("!") ? place.slice(1) : place;
    if (directory.is("interface", word) || directory.is("zone", word)) return [];
    const { message, hint } = directory.unknown(["interface", "zone"], word);
    return [error(`${path}[${index}]`, message, hint)];
  });
}

/** Whether any device is left. */
function reach(places: readonly string[], path: string, directory: Directory): Finding[] {
  const { wanted, excluded } = split(places);
  if (wanted.length === 0) return [];
  const devices = wanted.flatMap((place) => directory.devices(place));
  if (devices.length === 0) {
    const names = wanted.map((place) => directory.name(place)).join(", ");
    return [warning(path, `no interface is in ${names}: no packet ever matches`)];
  }
  const without = new Set(excluded.flatMap((place) => directory.devices(place)));
  if (devices.some((device) => !without.has(device))) return [];
  return [warning(path, "what it names it excludes as well: no packet ever matches")];
}
