/** How dhcpcd is run: for one device, in the foreground, and without a hand on the machine's network. */
import type { Family } from "../../model/address.ts";
import { PatronusError } from "../../model/error.ts";
import { ADDRESSING_VARIABLE, INBOX_VARIABLE } from "./hook.ts";

export interface Configuration {
  readonly families: readonly Family[];
  /** Sent to the server, which may put it into its DNS. */
  readonly hostname: string | null;
  /** As `00:04:…`. */
  readonly duid: string;
}

/** A label of a host name, and a whole one (RFC 1123, section 2.1). */
const LABEL = "[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?";
const HOSTNAME = new RegExp(`^(?!.{254})${LABEL}(\\.${LABEL})*$`);

/** The text of dhcpcd.conf(5). Throws an input error for a host name that is none. */
export function configurationText({ families, hostname, duid }: Configuration): string {
  if (hostname !== null && !HOSTNAME.test(hostname)) {
    throw new PatronusError("input", `${JSON.stringify(hostname)} is no host name`, {
      hint: "letters, digits and dashes, in parts of up to 63 characters with dots between them",
    });
  }
  const lines = [
    "# Written by Patronus for each start of the DHCP client.",
    // Sets also the client id of DHCPv4, so that one goes second: servers know machines by their hardware address.
    `duid ${duid}`,
    "clientid",
    ...(hostname === null ? [] : [`hostname ${hostname}`]),
    "vendorclassid",
    ...(families.includes(4) ? [] : ["ipv6only"]),
    ...(families.includes(6) ? ["ia_na"] : ["ipv4only"]),
    // Router advertisements are the kernel's.
    "noipv6rs",
    "noipv4ll",
    "nodelay",
    // Never give up.
    "timeout 0",
    "require dhcp_server_identifier",
    "option rapid_commit",
    "option subnet_mask, classless_static_routes, routers, interface_mtu",
    "option domain_name_servers, domain_name, domain_search",
    "option dhcp6_name_servers, dhcp6_domain_search",
  ];
  return `${lines.join("\n")}\n`;
}

export interface Paths {
  /** dhcpcd.conf of this device. */
  readonly configuration: string;
  readonly hook: string;
  /** Directory into which the hook puts what dhcpcd says. */
  readonly inbox: string;
}

/**
 * Arguments of dhcpcd(8), 9.4 and 10. `addressing` is the kernel's net.ipv6.conf.DEVICE.addr_gen_mode, to be set back;
 * null where there is no IPv6.
 */
export function programArguments(device: string, paths: Paths, addressing: string | null): string[] {
  return [
    "--nobackground",
    "--noconfigure",
    "--nodev",
    // Warnings and errors to standard error, for the word of a failure; all the rest goes to syslog(3).
    "--quiet",
    "--config",
    plain(paths.configuration),
    "--script",
    plain(paths.hook),
    "--env",
    `${INBOX_VARIABLE}=${plain(paths.inbox)}`,
    "--env",
    `${ADDRESSING_VARIABLE}=${addressing ?? ""}`,
    device,
  ];
}

/** dhcpcd reads quotes, backslashes and control characters of a value in its own way. */
function plain(path: string): string {
  if (!/["'\\]|[^ -~]/.test(path)) return path;
  throw new PatronusError("input", `the DHCP client cannot use the path ${JSON.stringify(path)}`, {
    hint: "set PATRONUS_RUN_DIR and PATRONUS_STATE_DIR to paths without quotes and backslashes",
  });
}
