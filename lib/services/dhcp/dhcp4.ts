/** A DHCPv4 lease from what dhcpcd hands to its script. Names are those of `dhcpcd --variables`. */
import { type Address, BITS, network, parseInterfaceAddress, type Prefix } from "../../model/address.ts";
import { Answer } from "./answer.ts";
import type { Environment } from "./environment.ts";
import type { LeaseRoute, Reading } from "./lease.ts";

/** What every host must take (RFC 791, section 3.1), and the most that an IPv4 packet can have. */
const LEAST_MTU = 576;
const MOST_MTU = 65535;

const EVERYWHERE: Prefix = { family: 4, value: 0n, length: 0 };

/** Reads the lease of a device; `now` is in seconds since 1970. */
export function readDhcp4(device: string, environment: Environment, now: number): Reading {
  const answer = new Answer(environment, "new_");
  const address = answer.address("ip_address", 4);
  const length = answer.number("subnet_cidr", 1, BITS[4]);
  const routes = readRoutes(answer);
  const resolvers = answer.addresses("domain_name_servers", 4);
  const listed = answer.domains("domain_search");
  const search = listed.length > 0 ? listed : answer.domains("domain_name");
  const mtu = answer.number("interface_mtu", LEAST_MTU, MOST_MTU) ?? null;
  const server = answer.address("dhcp_server_identifier", 4) === undefined
    ? null
    : answer.text("dhcp_server_identifier");
  // A server that gives no time lends for ever (RFC 2131, section 3.3, has it required; dhcpcd reads it so).
  const valid = answer.seconds("dhcp_lease_time") ?? null;
  const { problems } = answer;
  if (address === undefined || length === undefined || valid === 0) {
    return { lease: null, problems: [...problems, "the answer has no usable address"] };
  }
  // Without a word of the server's it is half the time (RFC 2131, section 4.4.5).
  const told = answer.seconds("dhcp_renewal_time");
  const renew = valid === null ? null : Math.min(told || Math.floor(valid / 2), valid);
  return {
    lease: {
      device,
      family: 4,
      addresses: [{ address, length, preferred: valid, valid }],
      routes,
      resolvers,
      search,
      mtu,
      server: server ?? null,
      obtained: now,
      renew: renew === null ? null : now + renew,
      expire: valid === null ? null : now + valid,
    },
    problems,
  };
}

/** Classless routes stand for all others, also for the router (RFC 3442, section "DHCP Client Behavior"). */
function readRoutes(answer: Answer): LeaseRoute[] {
  if (answer.text("classless_static_routes") !== undefined) return readClassless(answer);
  const [gateway] = answer.addresses("routers", 4);
  return gateway === undefined ? [] : [{ destination: EVERYWHERE, gateway }];
}

/** `10.0.0.0/8 192.168.1.1 …`: each destination with its gateway, 0.0.0.0 where it is on the link. */
function readClassless(answer: Answer): LeaseRoute[] {
  const name = "classless_static_routes";
  const words = answer.words(name);
  const routes: LeaseRoute[] = [];
  for (let at = 0; at < words.length; at += 2) {
    const [to = "", by = ""] = words.slice(at, at + 2);
    const destination = parseInterfaceAddress(to);
    if (destination?.family !== 4 || by === "") answer.drop(name, `${to} ${by}`.trim(), "not a route");
    else {
      const gateway: Address | null | undefined = by === "0.0.0.0" ? null : answer.host(name, by, 4);
      // Host bits are to be ignored (RFC 3442).
      if (gateway !== undefined) routes.push({ destination: network(destination), gateway });
    }
  }
  return routes;
}
