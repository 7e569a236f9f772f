/** dhcpcd and a real server, in two private network namespaces with a cable between them. */
// needs: root ip dhcpcd dnsmasq busybox setsid
import { formatAddress, formatPrefix } from "../../lib/model/address.ts";
import { type Lease, readLeases } from "../../lib/services/dhcp/mod.ts";
import { readSysctl } from "../../lib/services/sysctl.ts";
import { assert, assertEquals } from "../../lib/std/assert.ts";
import { assertPrivateNetwork } from "../private_network.ts";
import { DEVICE, dhcpcdProcesses, DhcpLab, remainingProcesses } from "./dhcp_lab.ts";

assertPrivateNetwork();
const lab = await DhcpLab.start();

const FOUR = ["dhcp-range=192.0.2.50,192.0.2.59,1h", "dhcp-option=option:router,192.0.2.1"];
const SIX = ["dhcp-range=2001:db8::50,2001:db8::59,64,1h", "dhcp-option=option6:dns-server,[2001:db8::1]"];

/** Seconds: the shortest lease that dhcpcd 9.4 takes (DHCP_MIN_LEASE of its dhcp.h). */
const SHORTEST = 20;

const address = (lease: Lease | null) => lease === null ? null : formatAddress(lease.addresses[0]!.address);

/** What must stay as it is. */
async function machine() {
  const names = ["addr_gen_mode", "accept_ra", "autoconf", "disable_ipv6"];
  return {
    addresses: await lab.addresses(),
    sysctls: names.map((name) => readSysctl(`net/ipv6/conf/${DEVICE}/${name}`)),
    hostname: Deno.hostname(),
    resolvers: Deno.readTextFileSync("/etc/resolv.conf"),
  };
}

Deno.test("both families are bound, the lease is whole, and nothing is configured", async () => {
  await lab.serve(
    ...FOUR,
    ...SIX,
    "dhcp-option=option:dns-server,192.0.2.1,192.0.2.2",
    "dhcp-option=option:mtu,1400",
    "dhcp-option=option:domain-search,a.example,b.example",
    "dhcp-option=121,10.9.0.0/16,192.0.2.3,0.0.0.0/0,192.0.2.4",
    "dhcp-option=option6:domain-search,c.example",
  );
  const before = await machine();
  await using client = await lab.run();
  const { 4: four, 6: six } = await lab.both("bound");
  assertEquals([four.problems, six.problems], [[], []]);
  assert(/^192\.0\.2\.5\d$/.test(address(four.lease) ?? ""), address(four.lease) ?? "none");
  assert(/^2001:db8::5\d$/.test(address(six.lease) ?? ""), address(six.lease) ?? "none");
  const routes = four.lease?.routes.map(({ destination, gateway }) =>
    `${formatPrefix(destination)} ${gateway === null ? "link" : formatAddress(gateway)}`
  );
  assertEquals(routes, ["10.9.0.0/16 192.0.2.3", "0.0.0.0/0 192.0.2.4"]);
  assertEquals(four.lease?.resolvers.map(formatAddress), ["192.0.2.1", "192.0.2.2"]);
  assertEquals(six.lease?.resolvers.map(formatAddress), ["2001:db8::1"]);
  assertEquals([four.lease?.search, six.lease?.search], [["a.example", "b.example"], ["c.example"]]);
  assertEquals([four.lease?.mtu, four.lease?.server, four.lease?.addresses[0]?.valid], [1400, "192.0.2.1", 3600]);
  assertEquals(readLeases(lab.directories.runDir), [four.lease, six.lease].filter((lease) => lease !== null));
  assertEquals(await machine(), before);
  await client.stop({ release: true });
});

Deno.test("a lease is renewed before it ends, and ends when the server is gone", async () => {
  await lab.serveBriefly(SHORTEST);
  await using client = await lab.run({ families: [4] });
  const { lease } = await lab.event("bound", 4);
  assertEquals(lease?.addresses[0]?.valid, SHORTEST);
  await lab.configure(lease);
  const renewed = await lab.event("renewed", 4);
  assertEquals(address(renewed.lease), address(lease));
  await lab.endServer();
  const expired = await lab.event("expired", 4);
  assertEquals([expired.lease, client.leases, readLeases(lab.directories.runDir)], [null, [], []]);
  await lab.configure(null);
  await client.stop();
});

Deno.test("a server that changes its mind, and lies, is followed as far as it makes sense", async () => {
  await lab.serve(...FOUR);
  await using client = await lab.run({ families: [4] });
  await lab.event("bound", 4);
  await client.stop();
  await lab.serve("dhcp-range=192.0.2.80,192.0.2.80,1h", "dhcp-option=option:router,127.0.0.1");
  await client.start();
  // Asked for the old address, the server says no.
  await lab.event("expired", 4);
  const { lease, problems } = await lab.event("bound", 4);
  assertEquals([address(lease), lease?.routes], ["192.0.2.80", []]);
  assertEquals(problems, ['left out routers "127.0.0.1": not the IPv4 address of a host']);
});

Deno.test("without a carrier there is no lease, and with it there is one again", async () => {
  await lab.serve(...FOUR, ...SIX);
  await using client = await lab.run();
  await lab.both("bound");
  await lab.plug(false);
  await lab.both("expired");
  await lab.plug(true);
  await lab.both("bound");
  await client.stop();
});

Deno.test("a client that is killed is started again with the same lease", async () => {
  await lab.serve(...FOUR, ...SIX);
  await using client = await lab.run();
  const first = await lab.both("bound");
  const family = dhcpcdProcesses();
  const { pid } = client;
  Deno.kill(pid!, "SIGKILL");
  const failed = await lab.both("failed");
  assertEquals([failed[4].lease, failed[6].lease], [first[4].lease, first[6].lease]);
  const again = await lab.both("bound");
  assertEquals([address(again[4].lease), address(again[6].lease)], [address(first[4].lease), address(first[6].lease)]);
  assertEquals(dhcpcdProcesses().filter((process) => family.includes(process)), []);
  await client.stop();
});

Deno.test("stopping leaves no process and the lease, releasing gives it back", async () => {
  await lab.serve(...FOUR, ...SIX);
  await using client = await lab.run();
  await lab.both("bound");
  await client.stop();
  assertEquals([dhcpcdProcesses(), client.leases.length, lab.lent.length], [[], 2, 2]);
  await client.start();
  await lab.configure((await lab.both("bound"))[4].lease);
  await client.stop({ release: true });
  await lab.configure(null);
  const { 4: four, 6: six } = await lab.both("released");
  assertEquals([four.lease, six.lease, client.leases], [null, null, []]);
  assertEquals([dhcpcdProcesses(), lab.lent, readLeases(lab.directories.runDir)], [[], [], []]);
});

/** Starts a client in another process, and gives back that process and its guard once dhcpcd runs. */
async function elsewhere(): Promise<{ process: Deno.ChildProcess; guard: number }> {
  const { runDir, stateDir } = lab.directories;
  const program = new URL("./dhcp_client.ts", import.meta.url).pathname;
  const command = new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-all", "--quiet", program, DEVICE, runDir, stateDir],
    stdin: "null",
    stdout: "piped",
  });
  const process = command.spawn();
  const reader = process.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const pid = Number((await reader.read()).value);
  await reader.cancel();
  const guard = Number(/^PPid:\t(\d+)$/m.exec(Deno.readTextFileSync(`/proc/${pid}/status`))?.[1]);
  return { process, guard };
}

Deno.test("a client ends with whoever runs it, even where that is killed", async () => {
  const { process } = await elsewhere();
  assert(dhcpcdProcesses().length > 0);
  process.kill("SIGKILL");
  await process.status;
  assertEquals(await remainingProcesses(), []);
});

Deno.test("a client that outlived everybody is ended at the next start", async () => {
  await lab.serve(...FOUR, ...SIX);
  const { process, guard } = await elsewhere();
  // All of the guard: the shell, and its child that waits for the pipe to close.
  const children = Deno.readTextFileSync(`/proc/${guard}/task/${guard}/children`).trim().split(" ").map(Number);
  for (const pid of [guard, ...children.filter((pid) => !dhcpcdProcesses().includes(pid))]) Deno.kill(pid, "SIGKILL");
  process.kill("SIGKILL");
  await process.status;
  const outlived = dhcpcdProcesses();
  assert(outlived.length > 0);
  await using client = await lab.run();
  assertEquals(dhcpcdProcesses().filter((pid) => outlived.includes(pid)), []);
  await lab.both("bound");
  await client.stop();
});

Deno.test("nothing is left of the lab", async () => {
  await lab.close();
  assertEquals(dhcpcdProcesses(), []);
});
