/** The programs that tests compare Patronus with, or have it work with. Of them Patronus itself runs dhcpcd alone. */

import { findProgram } from "../lib/services/program.ts";

export interface Tool {
  readonly command: string;
  readonly why: string;
  /** Package names of Debian and Gentoo. */
  readonly debian: string;
  readonly gentoo: string;
}

export const TOOLS: readonly Tool[] = [
  { command: "nft", why: "reads back what Patronus loaded", debian: "nftables", gentoo: "net-firewall/nftables" },
  { command: "ip", why: "reads back links, addresses and routes", debian: "iproute2", gentoo: "sys-apps/iproute2" },
  { command: "unshare", why: "makes private network namespaces", debian: "util-linux", gentoo: "sys-apps/util-linux" },
  { command: "dhcpcd", why: "is the DHCP client", debian: "dhcpcd-base", gentoo: "net-misc/dhcpcd" },
  { command: "dnsmasq", why: "is a DHCP server", debian: "dnsmasq-base", gentoo: "net-dns/dnsmasq" },
  { command: "busybox", why: "is a DHCP server with short leases", debian: "busybox", gentoo: "sys-apps/busybox" },
];

/** Whether a program of that name is on the path, or where administrators' programs are. */
export function installed(command: string): boolean {
  return findProgram(command) !== null;
}

async function runs(command: string, args: string[]): Promise<boolean> {
  try {
    return (await new Deno.Command(command, { args, stdin: "null", stdout: "inherit", stderr: "inherit" }).output())
      .success;
  } catch {
    return false;
  }
}

/**
 * Installs what is missing where that is possible (root on Debian), says how elsewhere, and gives back what is still
 * missing.
 */
export async function provide(tools: readonly Tool[]): Promise<Tool[]> {
  const missing = tools.filter((tool) => !installed(tool.command));
  if (missing.length === 0) return [];
  const debian = missing.map((tool) => tool.debian);
  if (installed("emerge")) {
    console.log(`Some tests need more tools: emerge --ask ${missing.map((tool) => tool.gentoo).join(" ")}`);
  } else if (installed("apt-get") && Deno.uid() === 0) {
    for (const tool of missing) console.log(`Installing ${tool.debian} for the tests: ${tool.command} ${tool.why}.`);
    Deno.env.set("DEBIAN_FRONTEND", "noninteractive");
    await runs("apt-get", ["update", "-qq"]);
    await runs("apt-get", ["install", "-y", "-qq", "--no-install-recommends", ...debian]);
  } else if (installed("apt-get")) {
    console.log(`Some tests need more tools: sudo apt-get install ${debian.join(" ")}`);
  }
  return tools.filter((tool) => !installed(tool.command));
}
