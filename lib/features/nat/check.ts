/** Checks of address and port translation. */
import { parsePrefix, type Prefix } from "../../model/address.ts";
import { parseEndpoint } from "../../model/endpoint.ts";
import type { Finding } from "../../model/error.ts";
import { formatPorts, parsePorts } from "../../model/port.ts";
import type { Directory } from "../directory.ts";
import type { Document } from "../document.ts";
import type { Constraint } from "../family_check.ts";
import { error, many, PLACES, warning } from "../finding.ts";
import { remembered } from "../memo.ts";
import { checkPlaces } from "../place_check.ts";
import { hasPorts, portsWithout } from "../port_check.ts";
import { checkTraffic } from "../traffic_check.ts";
import { checkFields } from "./fields.ts";
import { checkPassage } from "./passage.ts";
import type { NatRule } from "./schema.ts";

export function checkNat(document: Document, directory: Directory): Finding[] {
  return [
    ...document.nat.rules.flatMap((rule) => checkNatRule(rule, directory)),
    ...checkPassage(document, directory),
  ];
}

const checkNatRule = remembered((rule: NatRule, directory: Directory): readonly Finding[] => {
  const path = PLACES.nat(rule);
  return [
    ...checkFields(rule, path),
    ...checkTraffic(rule, path, directory, constraints(rule)),
    ...CHECKS[rule.type](rule, path),
    ...checkNewPort(rule, path),
    ...checkHairpin(rule, path, directory),
  ];
});

const CHECKS: Readonly<Record<NatRule["type"], (rule: NatRule, path: string) => Finding[]>> = {
  "masquerade": checkWayOut,
  "snat": (rule, path) => [...checkWayOut(rule, path), ...checkNewAddress(rule, path)],
  "dnat": (rule, path) => [...checkNewAddress(rule, path), ...checkBreadth(rule, path)],
  "redirect": checkBreadth,
  "one-to-one": checkNetworks,
  "nptv6": checkNetworks,
};

/** Families that the new addresses leave to the rule. */
function constraints({ type, to, external, internal }: NatRule): Constraint[] {
  const found: Constraint[] = [];
  const add = (field: string, address: { family: 4 | 6 } | null) => {
    if (address !== null) found.push({ field, families: [address.family] });
  };
  if (type === "snat" || type === "dnat") add("to", parseEndpoint(to ?? ""));
  if (type === "one-to-one" || type === "nptv6") {
    add("external", parsePrefix(external ?? ""));
    add("internal", parsePrefix(internal ?? ""));
  }
  return found;
}

/** Sources change where packets leave. */
function checkWayOut({ type, in: entry, out }: NatRule, path: string): Finding[] {
  if (out.length > 0) return [];
  if (entry.length > 0) {
    const message = `type ${type} changes packets where they go out, and here is only where they come in`;
    return [error(`${path}.in`, message, "out says where they leave")];
  }
  return [warning(`${path}.out`, `type ${type} without out changes packets on every interface, inner ones as well`)];
}

function checkNewAddress({ type, to }: NatRule, path: string): Finding[] {
  if (to === undefined) {
    const hint = type === "dnat" ? "type redirect leads to this machine" : "type masquerade needs none";
    return [error(`${path}.to`, `type ${type} needs the new address`, hint)];
  }
  if (parseEndpoint(to) !== null) return [];
  return [error(`${path}.to`, `${to} is no address or range`, "a range goes up, as 203.0.113.10-203.0.113.20")];
}

/** Without protocol, source and destination, whoever administrates this machine is led elsewhere too. */
function checkBreadth({ type, protocol, source, destination }: NatRule, path: string): Finding[] {
  if (protocol !== "any" || source.length > 0 || destination.length > 0) return [];
  const reach = type === "redirect" ? "every packet that comes in" : "every packet to this machine";
  return [
    warning(path, `${reach} is led away, those of administrators as well`, "protocol and destination_port narrow it"),
  ];
}

function checkNewPort(rule: NatRule, path: string): Finding[] {
  if (rule.to_port === undefined || rule.type === "one-to-one" || rule.type === "nptv6") return [];
  const place = `${path}.to_port`;
  const range = parsePorts(rule.to_port);
  if (range === null || range.from === 0) return [error(place, `${rule.to_port} is no port that packets can go to`)];
  if (!hasPorts(rule.protocol)) return [portsWithout(place, rule.protocol)];
  return rule.type === "dnat" || rule.type === "redirect" ? checkPairing(rule, range.to - range.from + 1, place) : [];
}

/** Each pair of ports is a rule in the kernel, where they differ. */
const MOST_PAIRS = 256;

/** A range of new ports pairs with a range of old ones, port by port. */
function checkPairing({ destination_port: ports, to_port = "" }: NatRule, size: number, path: string): Finding[] {
  if (size === 1) return [];
  const [only = ""] = ports;
  const range = ports.length === 1 ? parsePorts(only) : null;
  const hint = `destination_port needs to be one range of ${size} ports`;
  if (range === null) return [error(path, `no port pairs with those of ${to_port}`, hint)];
  const other = range.to - range.from + 1;
  if (other === size) {
    if (size <= MOST_PAIRS || parsePorts(to_port)?.from === range.from) return [];
    return [
      error(path, `${size} ports are too many to move to others`, `up to ${MOST_PAIRS} can move, or any number stay`),
    ];
  }
  return [error(path, `${many(other, "port")} (${formatPorts(range)}) cannot pair with ${size} (${to_port})`, hint)];
}

function checkHairpin({ type, hairpin, in: entry }: NatRule, path: string, directory: Directory): Finding[] {
  if (type !== "dnat" || hairpin.length === 0) return [];
  const place = `${path}.hairpin`;
  const excluded = hairpin.flatMap((word, index) =>
    word.startsWith("!") ? [error(`${place}[${index}]`, "hairpin cannot exclude", "name the interfaces or zones")] : []
  );
  if (excluded.length > 0) return excluded;
  const shut = new Set(
    entry.filter((word) => word.startsWith("!")).flatMap((word) => directory.devices(word.slice(1))),
  );
  const closed = hairpin.flatMap((word, index) =>
    directory.devices(word).some((device) => shut.has(device))
      ? [warning(`${place}[${index}]`, `in excludes ${directory.name(word)}: its hosts do not reach the port`)]
      : []
  );
  return [...checkPlaces(hairpin, place, directory), ...closed];
}

/** A network for a network: both of one size, hosts keep their part of the address. */
function checkNetworks(rule: NatRule, path: string): Finding[] {
  const sides = (["external", "internal"] as const).map((field) => ({ field, prefix: parsePrefix(rule[field] ?? "") }));
  const missing = sides.filter(({ prefix }) => prefix === null).map(({ field }) =>
    error(`${path}.${field}`, `type ${rule.type} needs the ${field} network`)
  );
  const [external, internal] = sides.map(({ prefix }) => prefix);
  if (!external || !internal) return missing;
  return samePair(rule.type, external, internal, path);
}

function samePair(type: NatRule["type"], external: Prefix, internal: Prefix, path: string): Finding[] {
  if (type === "nptv6" && external.family === 4) {
    return [error(`${path}.external`, "nptv6 is for IPv6", "one-to-one is for both families")];
  }
  // Networks of different families are a contradiction already.
  if (external.family !== internal.family) return [];
  if (external.length !== internal.length) {
    const message = `internal has prefix length ${internal.length}, and external has ${external.length}`;
    return [error(`${path}.internal`, message, "each address needs exactly one on the other side")];
  }
  if (external.value !== internal.value) return [];
  return [error(`${path}.internal`, "internal and external are the same network")];
}
