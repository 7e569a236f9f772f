/** Whether two rules can be about the same packet, as far as it can be told without looking into aliases. */
import type { Endpoint } from "../model/endpoint.ts";
import { parsePorts, type PortRange } from "../model/port.ts";
import type { Directory } from "./directory.ts";
import { split } from "./scope.ts";
import { familiesOf, protocolNumbers, type Traffic } from "./traffic.ts";

/** False where no packet can be meant by both. An alias, and what is left of an exclusion, counts as everything. */
export function mayOverlap(a: Traffic, b: Traffic, directory: Directory): boolean {
  return shares(familiesOf(a), familiesOf(b)) &&
    sharesUnlessAny(protocolNumbers(a.protocol), protocolNumbers(b.protocol)) &&
    sharesUnlessAny(devices(a.in, directory), devices(b.in, directory)) &&
    sharesUnlessAny(devices(a.out, directory), devices(b.out, directory)) &&
    endpointsMeet(a.source, b.source, directory) && endpointsMeet(a.destination, b.destination, directory) &&
    portsMeet(a.source_port, b.source_port, directory) && portsMeet(a.destination_port, b.destination_port, directory);
}

function shares<T>(a: readonly T[], b: readonly T[]): boolean {
  return a.some((item) => b.includes(item));
}

function sharesUnlessAny<T>(a: readonly T[], b: readonly T[]): boolean {
  return a.length === 0 || b.length === 0 || shares(a, b);
}

function devices(places: readonly string[], directory: Directory): string[] {
  return split(places).wanted.flatMap((place) => directory.devices(place));
}

function endpointsMeet(a: readonly string[], b: readonly string[], directory: Directory): boolean {
  if (a.length === 0 || b.length === 0) return true;
  const [ours, theirs] = [endpoints(a, directory), endpoints(b, directory)];
  if (ours === null || theirs === null) return true;
  return ours.some((one) => theirs.some((other) => one.family === other.family && rangesMeet(one, other)));
}

function portsMeet(a: readonly string[], b: readonly string[], directory: Directory): boolean {
  if (a.length === 0 || b.length === 0) return true;
  const [ours, theirs] = [portRanges(a, directory), portRanges(b, directory)];
  if (ours === null || theirs === null) return true;
  return ours.some((one) => theirs.some((other) => rangesMeet(one, other)));
}

/** What is written out; null where anything can be meant. */
function endpoints(words: readonly string[], directory: Directory): Endpoint[] | null {
  const { wanted } = split(words);
  if (wanted.length === 0 || wanted.some((word) => directory.is("alias", word))) return null;
  return wanted.map((word) => directory.endpoint(word)).filter((endpoint) => endpoint !== null);
}

function portRanges(words: readonly string[], directory: Directory): PortRange[] | null {
  const { wanted } = split(words);
  if (wanted.length === 0 || wanted.some((word) => directory.is("alias", word))) return null;
  return wanted.map(parsePorts).filter((range) => range !== null);
}

function rangesMeet<T extends number | bigint>(a: { from: T; to: T }, b: { from: T; to: T }): boolean {
  return a.from <= b.to && b.from <= a.to;
}
