/** Checks of ports where rules name them. */
import type { Finding } from "../model/error.ts";
import { NAME } from "../model/id.ts";
import { subtractIntervals } from "../model/interval.ts";
import { parsePorts } from "../model/port.ts";
import type { Directory } from "./directory.ts";
import { error, repeats, warning } from "./finding.ts";
import { split } from "./scope.ts";
import type { Traffic } from "./traffic.ts";

const PORT_PROTOCOLS = ["tcp", "udp", "tcp+udp", "sctp"];

/** TCP, UDP, DCCP, SCTP and UDP-Lite (IANA protocol numbers): source and destination port are their first four bytes. */
const PORT_NUMBERS = [6, 17, 33, 132, 136];

/** Whether packets of a protocol have ports. */
export function hasPorts(protocol: Traffic["protocol"]): boolean {
  return typeof protocol === "number" ? PORT_NUMBERS.includes(protocol) : PORT_PROTOCOLS.includes(protocol);
}

/** The error of a field that speaks of ports where packets have none. */
export function portsWithout(path: string, protocol: Traffic["protocol"]): Finding {
  const message = protocol === "any"
    ? "ports need a protocol that has them"
    : `ports need a protocol that has them, and ${protocol} has none`;
  return error(path, message, "protocol is tcp, udp, tcp+udp or sctp");
}

export function checkPorts(
  traffic: Traffic,
  field: "source_port" | "destination_port",
  rule: string,
  directory: Directory,
): Finding[] {
  const words = traffic[field];
  const path = `${rule}.${field}`;
  if (words.length === 0) return [];
  const wrong = wrongWords(words, path, directory);
  if (!hasPorts(traffic.protocol)) wrong.unshift(portsWithout(path, traffic.protocol));
  if (wrong.length > 0) return wrong;
  return [...reach(words, path, directory), ...repeats(path, words.map((word) => directory.name(word)))];
}

function wrongWords(words: readonly string[], path: string, directory: Directory): Finding[] {
  return words.flatMap((entry, index) => {
    const word = entry.startsWith("!") ? entry.slice(1) : entry;
    const alias = directory.alias(word);
    if (alias !== undefined && alias.type !== "port") {
      return [error(`${path}[${index}]`, `${alias.name} is an alias of addresses, where ports stand`)];
    }
    if (directory.is("alias", word) || parsePorts(word) !== null) return [];
    const { message, hint } = NAME.test(word)
      ? directory.unknown(["alias"], word)
      : { message: `${word} is no port`, hint: "ports are numbers from 0 to 65535, ranges as 8000-8100, or aliases" };
    return [error(`${path}[${index}]`, message, hint)];
  });
}

/** Whether any port is left. What aliases exclude of literals, and the other way round, is not worked out. */
function reach(words: readonly string[], path: string, directory: Directory): Finding[] {
  const { wanted, excluded } = split(words);
  if (wanted.length > 0 && wanted.every((word) => directory.isEmpty(word))) {
    const names = wanted.map((word) => directory.name(word)).join(", ");
    return [warning(path, `${names} ${wanted.length === 1 ? "is" : "are"} empty: no packet ever matches`)];
  }
  if (excluded.length === 0) return [];
  const without = intervals(excluded);
  const dead = wanted.length === 0
    ? subtractIntervals(intervals(["0-65535"]), without).length === 0
    : wanted.every((word) =>
      excluded.includes(word) ||
      (parsePorts(word) !== null && subtractIntervals(intervals([word]), without).length === 0)
    );
  return dead ? [warning(path, "it excludes all that it names: no packet ever matches")] : [];
}

function intervals(words: readonly string[]) {
  return words.map(parsePorts).filter((range) => range !== null)
    .map(({ from, to }) => ({ from: BigInt(from), to: BigInt(to) }));
}
