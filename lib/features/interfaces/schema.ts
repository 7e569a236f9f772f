/** `[[interfaces]]`: the machine's devices by the names that rules use, and the devices that Patronus makes. */
import { z } from "zod";
import { comment, device, enabled, id, name } from "../fields.ts";
import { isInterfaceAddress, MAC } from "./values.ts";
import { bond, bridge, macvlan, port, vlan, vxlan } from "./virtual.ts";

/** `dhcp`, `slaac`, or an address of its own. */
const interfaceAddress = z.string().refine(
  (text) => text === "dhcp" || text === "slaac" || isInterfaceAddress(text),
  "expected dhcp, slaac, or an address with its prefix length as 192.168.1.1/24",
);

export const networkInterface = z.strictObject({
  id,
  name,
  device: device.default("").describe("Kernel device; the interface's name where it is left out").meta({ local: true }),
  enabled: enabled.describe("Whether the device is up"),
  addresses: z.preprocess(
    (value) => value === undefined || Array.isArray(value) ? value : [value],
    z.array(interfaceAddress).max(1000).optional(),
  ).describe("Its addresses: dhcp, slaac, 192.168.1.1/24; left out, they stay as they are; [] means none")
    .meta({ local: true }),
  mtu: z.int().min(68).max(65_535).optional().describe("Bytes of the largest packet; left out, it stays as it is"),
  mac: z.string().regex(MAC, "expected an Ethernet address as 02:00:00:00:00:01, not a group's").optional()
    .describe("Ethernet address; left out, it stays as it is").meta({ local: true }),
  vlan: vlan.optional().describe("Makes a VLAN of another interface"),
  bridge: bridge.optional().describe("Makes a bridge: its members are one network"),
  bond: bond.optional().describe("Makes a bond: its members work as one device"),
  vxlan: vxlan.optional().describe("Makes a VXLAN: Ethernet over UDP to another site"),
  macvlan: macvlan.optional().describe("Makes a device with an address of its own on another interface"),
  dummy: z.boolean().default(false).describe("Makes a device that leads nowhere, for addresses of the machine itself"),
  port: port.optional().describe("VLANs of this member of a bridge with vlan_filtering"),
  comment,
});

export type NetworkInterface = z.infer<typeof networkInterface>;
