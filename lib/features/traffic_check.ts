/** Checks of what filter and NAT rules share: the packets that they mean. */
import type { Finding } from "../model/error.ts";
import { nearest } from "../model/nearest.ts";
import { checkEndpoints, familiesMeant } from "./endpoint_check.ts";
import type { Directory } from "./directory.ts";
import { error, repeats } from "./finding.ts";
import { checkFamilies, type Constraint } from "./family_check.ts";
import { checkPlaces } from "./place_check.ts";
import { checkPorts } from "./port_check.ts";
import { familiesOf, ICMP_TYPES, ICMPV6_TYPES, type Traffic } from "./traffic.ts";

/** Each alias on its own is one alternative, and every alternative of one field goes with every one of the others. */
const MOST_KERNEL_RULES = 1024;

/** Checks a rule's match; `more` are further constraints on its family. */
export function checkTraffic(
  traffic: Traffic,
  path: string,
  directory: Directory,
  more: readonly Constraint[] = [],
): Finding[] {
  const constraints: Constraint[] = [
    { field: "family", families: familiesOf({ family: traffic.family, protocol: "any" }) },
    { field: "protocol", families: familiesOf({ family: "both", protocol: traffic.protocol }) },
    { field: "source", families: familiesMeant(traffic.source, directory) },
    { field: "destination", families: familiesMeant(traffic.destination, directory) },
    ...more,
  ];
  return [
    ...checkPlaces(traffic.in, `${path}.in`, directory),
    ...checkPlaces(traffic.out, `${path}.out`, directory),
    ...checkEndpoints(traffic.source, `${path}.source`, directory),
    ...checkEndpoints(traffic.destination, `${path}.destination`, directory),
    ...checkFamilies(traffic, constraints, path, directory),
    ...checkPorts(traffic, "source_port", path, directory),
    ...checkPorts(traffic, "destination_port", path, directory),
    ...checkIcmpTypes(traffic, path),
    ...checkSize(traffic, path, directory),
  ];
}

function checkIcmpTypes({ protocol, icmp_type: types = [] }: Traffic, path: string): Finding[] {
  if (types.length === 0) return [];
  if (protocol !== "icmp" && protocol !== "icmpv6") {
    return [error(`${path}.icmp_type`, `ICMP types need protocol icmp or icmpv6, and here it is ${protocol}`)];
  }
  const [own, other] = protocol === "icmp" ? [ICMP_TYPES, ICMPV6_TYPES] : [ICMPV6_TYPES, ICMP_TYPES];
  const unknown = types.flatMap((type, index) => {
    if (typeof type === "number" || Object.hasOwn(own, type) || isIcmpNumber(type)) return [];
    const close = nearest(type, Object.keys(own));
    const hint = Object.hasOwn(other, type)
      ? `protocol ${protocol === "icmp" ? "icmpv6" : "icmp"} has it`
      : close === undefined
      ? `known are ${Object.keys(own).join(", ")}, and numbers from 0 to 255`
      : `did you mean ${close}?`;
    return [error(`${path}.icmp_type[${index}]`, `${protocol} has no type ${type}`, hint)];
  });
  return [...unknown, ...repeats(`${path}.icmp_type`, types)];
}

function isIcmpNumber(word: string): boolean {
  return /^\d{1,3}$/.test(word) && Number(word) <= 255;
}

function checkSize(traffic: Traffic, path: string, directory: Directory): Finding[] {
  const fields = [traffic.source, traffic.destination, traffic.source_port, traffic.destination_port];
  const product = (count: (words: readonly string[]) => number) =>
    fields.reduce((ways, words) => ways * (1 + count(words)), 1);
  if (product((words) => words.length) <= MOST_KERNEL_RULES) return [];
  const ways = product((words) => words.filter((word) => directory.is("alias", word)).length);
  if (ways <= MOST_KERNEL_RULES) return [];
  return [error(path, `this rule combines aliases in ${ways} ways`, "put the aliases of a field into one alias")];
}
