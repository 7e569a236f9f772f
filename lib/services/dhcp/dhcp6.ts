/** The addresses of a DHCPv6 lease from what dhcpcd hands to its script. Names are those of `dhcpcd --variables`. */
import { BITS } from "../../model/address.ts";
import { Answer } from "./answer.ts";
import type { Environment } from "./environment.ts";
import type { LeaseAddress, Reading } from "./lease.ts";

/** Of an identity association for non-temporary addresses, numbered from 1, an address, numbered from 1. */
const ADDRESS = /^dhcp6_ia_na\d+_ia_addr\d+$/;

/** A DUID has up to 130 bytes (RFC 8415, section 11.1). */
const DUID = /^([0-9a-f]{2}){1,130}$/;

/** Reads the lease of a device; `now` is in seconds since 1970. */
export function readDhcp6(device: string, environment: Environment, now: number): Reading {
  const answer = new Answer(environment, "new_");
  const addresses = answer.names(ADDRESS).map((name) => readAddress(answer, name)).filter((each) => each !== undefined);
  const resolvers = answer.addresses("dhcp6_name_servers", 6);
  const search = answer.domains("dhcp6_domain_search");
  const server = answer.text("dhcp6_server_id");
  if (server !== undefined && !DUID.test(server)) answer.drop("dhcp6_server_id", server, "not a DUID");
  const { problems } = answer;
  if (addresses.length === 0) return { lease: null, problems: [...problems, "the answer has no usable address"] };
  const renew = renewal(answer, addresses);
  const lasting = longest(addresses.map(({ valid }) => valid));
  return {
    lease: {
      device,
      family: 6,
      addresses,
      routes: [],
      resolvers,
      search,
      mtu: null,
      server: server !== undefined && DUID.test(server) ? server : null,
      obtained: now,
      renew: renew === null ? null : now + renew,
      expire: lasting === null ? null : now + lasting,
    },
    problems,
  };
}

function readAddress(answer: Answer, name: string): LeaseAddress | undefined {
  const address = answer.address(name, 6);
  const preferred = answer.seconds(`${name}_pltime`);
  const valid = answer.seconds(`${name}_vltime`);
  if (address === undefined) return undefined;
  if (preferred === undefined || valid === undefined || (preferred ?? Infinity) > (valid ?? Infinity)) {
    // RFC 8415, section 18.2.10.1.
    answer.drop(name, answer.text(name) ?? "", "its lifetimes are missing or contradict each other");
    return undefined;
  }
  // So a server takes an address back.
  if (valid === 0) return undefined;
  return { address, length: BITS[6], preferred, valid };
}

/** The first T1; where servers leave it to the client, half the shortest preferred lifetime (RFC 8415, section 14.2). */
function renewal(answer: Answer, addresses: readonly LeaseAddress[]): number | null {
  const [told] = answer.names(/^dhcp6_ia_na\d+_t1$/).map((name) => answer.seconds(name)).filter((each) => each !== 0);
  if (told !== undefined) return told;
  const shortest = Math.min(...addresses.map(({ preferred }) => preferred ?? Infinity));
  return shortest === Infinity ? null : Math.floor(shortest / 2);
}

function longest(times: readonly (number | null)[]): number | null {
  return times.some((time) => time === null) ? null : Math.max(...times.map((time) => time ?? 0));
}
