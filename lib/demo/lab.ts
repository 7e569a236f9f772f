/** The demo's network: a router and its hosts, each in a namespace of its own, with cables between them. */
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { PatronusError } from "../model/error.ts";
import { spawn } from "./children.ts";
import type { Doorway } from "./namespace.ts";
import { namespaceOf } from "./residents.ts";
import { type Scripts, writeEnter, writeScripts } from "./scripts.ts";
import { Station } from "./station.ts";
import { bare, type Host, HOST_DEVICE, type HostName, NETWORK, type Network, UPSTREAM } from "./topology.ts";

/** The document that the demo begins with, as short as a path to it can be. */
export function examplePath(): string {
  const path = fileURLToPath(new URL("./example.toml", import.meta.url));
  const near = relative(Deno.cwd(), path);
  return near.startsWith("..") ? path : near;
}

export interface Lab {
  readonly router: Station;
  readonly hosts: ReadonlyMap<HostName, Station>;
  readonly scripts: Scripts;
  /** As the kernel names them. */
  readonly namespaces: ReadonlySet<string>;
}

/** Builds it in `directory` behind a doorway to a private network. Its processes end with this one. */
export async function buildLab(directory: string, doorway: Doorway, network: Network = NETWORK): Promise<Lab> {
  Deno.mkdirSync(`${directory}/bin`);
  const enter = writeEnter(directory);
  const router = await Station.start("router", doorway);
  // The hosts' namespaces belong to the same user namespace as the router's, if there is one.
  const inside = [enter, String(router.pid), "unshare", "--net"];
  const stations = await Promise.all(network.hosts.map(async (host) => {
    const station = await Station.start(host.name, inside);
    await connect(router, host, station);
    return [host.name, station] as const;
  }));
  await router.ask("serve", { ...network.router, title: "the router" });
  const hosts = new Map(stations);
  const pids = [["router", router.pid] as const, ...stations.map(([name, { pid }]) => [name, pid] as const)];
  const namespaces = new Set(pids.map(([, pid]) => namespaceOf(pid)).filter((name) => name !== null));
  return { router, hosts, scripts: writeScripts(directory, enter, new Map(pids)), namespaces };
}

/** Lays the cable between the router and a host, and gives both ends their addresses. */
async function connect(router: Station, host: Host, station: Station): Promise<void> {
  const { device, index } = host;
  await router.ask("cable", { device, index, peer: { name: HOST_DEVICE, namespace: station.pid } });
  const [ipv4, ipv6] = host.addresses;
  await Promise.all([
    router.ask("configure", {
      device,
      addresses: host.router,
      gateways: host.name === UPSTREAM ? [bare(ipv4), bare(ipv6)] : [],
    }),
    station.ask("configure", { device: HOST_DEVICE, addresses: host.addresses, gateways: host.router.map(bare) }),
  ]);
  await station.ask("serve", { ...host.services, title: host.title });
}

/** Runs a command line of Patronus on the router. It prints for itself; throws where it fails. */
export async function runPatronus(lab: Lab, ...args: readonly string[]): Promise<void> {
  const { success, code } = await spawn([lab.scripts.patronus, ...args], { stdin: "null" }).status;
  if (!success) throw new PatronusError("failed", `patronus ${args.join(" ")} ended with status ${code}`);
}
