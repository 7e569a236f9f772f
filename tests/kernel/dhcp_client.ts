/** A process that runs a DHCP client until it is ended itself. Arguments: device, run and state directory. Tells dhcpcd's id. */
import { DhcpClient } from "../../lib/services/dhcp/mod.ts";

const [device = "", runDir = "", stateDir = ""] = Deno.args;
const client = new DhcpClient({ device, runDir, stateDir, report: () => {} });
await client.start();
// Until it has become dhcpcd, the process of that id is one of the programs in front of it.
while (Deno.readTextFileSync(`/proc/${client.pid}/comm`) !== "dhcpcd\n") {
  await new Promise((resolve) => setTimeout(resolve, 20));
}
console.log(client.pid);
