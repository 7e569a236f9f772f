// needs: ip nft
/** What the guest is there for: a kernel with the parts that a build machine may lack, loaded when first asked for. */
import { assertEquals, assertStringIncludes } from "../../lib/std/assert.ts";
import { assertPrivateNetwork } from "../private_network.ts";

assertPrivateNetwork();

/** Runs a program with that on its standard input; throws with its complaint where it fails. */
async function run(program: string, args: string[], input = ""): Promise<string> {
  const child = new Deno.Command(program, { args, stdin: "piped", stdout: "piped", stderr: "piped" }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(input));
  await writer.close();
  const { success, stdout, stderr } = await child.output();
  if (!success) throw new Error(`${program} ${args.join(" ")}: ${new TextDecoder().decode(stderr)}`);
  return new TextDecoder().decode(stdout);
}

async function loaded(): Promise<string[]> {
  const lines = (await Deno.readTextFile("/proc/modules")).trim().split("\n");
  return lines.map((line) => line.split(" ")[0] ?? "");
}

const LINKS: Readonly<Record<string, string>> = {
  "dummy": "dummy",
  "bridge": "bridge vlan_filtering 1",
  "bonding": "bond mode 802.3ad",
  "8021q": "vlan protocol 802.1ad id 7",
  "wireguard": "wireguard",
  "vrf": "vrf table 10",
  "vxlan": "vxlan id 7 local 192.0.2.1 dstport 4789",
  "macvlan": "macvlan mode bridge",
  "ip_gre": "gre remote 192.0.2.1",
  "ifb": "ifb",
};

for (const [module, type] of Object.entries(LINKS)) {
  Deno.test(`a link of type ${type} loads the module ${module}`, async () => {
    const parent = /^(vlan|macvlan)/.test(type) ? ["link", "under"] : [];
    if (parent.length > 0) await run("ip", ["link", "add", "under", "type", "dummy"]);
    await run("ip", ["link", "add", "new", ...parent, "type", ...type.split(" ")]);
    assertEquals((await loaded()).includes(module), true);
    assertStringIncludes(await run("ip", ["-details", "link", "show", "new"]), type.split(" ")[0] ?? "");
    for (const name of ["new", ...parent.slice(1)]) await run("ip", ["link", "delete", name]);
  });
}

Deno.test("a rule that offloads connections loads the flow tables, and connections can be translated and tracked", async () => {
  await run("ip", ["link", "add", "port", "type", "dummy"]);
  const ruleset = `table inet router {
    flowtable fast { hook ingress priority 0; devices = { port }; }
    chain forward { type filter hook forward priority 0; ct state established flow add @fast; }
    chain out { type nat hook postrouting priority 100; oifname "port" masquerade; }
  }`;
  await run("nft", ["-f", "-"], ruleset);
  assertStringIncludes(await run("nft", ["list", "ruleset"]), "flow add @fast");
  const modules = await loaded();
  for (const module of ["nf_tables", "nf_flow_table", "nft_flow_offload", "nf_conntrack", "nft_masq"]) {
    assertEquals(modules.includes(module), true, module);
  }
});
