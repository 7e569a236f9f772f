/** `firewall init`: a first document from what the machine has. */
import type { Block, Input, Output } from "../../model/command.ts";
import { PatronusError } from "../../model/error.ts";
import { type Document, document as documentSchema } from "../document.ts";
import type { Device, Session } from "../session.ts";
import { interfaceWords } from "../interfaces/words.ts";
import { nameLookup } from "../names.ts";

/** Devices of containers and virtual machines: whoever runs those manages their network. */
const FOREIGN =
  /^(docker\d*|br-[0-9a-f]{12}|virbr\d+(-nic)?|veth[0-9a-f]{6,}|vnet\d+|cni\d+|flannel\.\d+|cali[0-9a-f]+)$/;

/** What `init` makes its document from. */
export interface Machine {
  readonly hostname: string;
  readonly devices: readonly Device[];
  readonly ssh: ReturnType<Session["sshAddress"]>;
}

/**
 * A document that keeps the machine reachable: devices with a default route are `wan`, all others `lan` and in the zone
 * `inside`, which may use this machine and go out. Forwarding stays off until somebody wants a router. The way that an SSH
 * session came in stays open.
 */
export function firstDocument(machine: Machine): Document {
  const devices = machine.devices.filter((device) => device.type !== "loopback" && !FOREIGN.test(device.name));
  const count = { wan: 0, lan: 0 };
  const interfaces = devices.map((device) => {
    const base = device.defaultRoute ? "wan" : "lan";
    const number = ++count[base];
    const name = number === 1 ? base : `${base}${number}`;
    return { id: name, name, device: device.name };
  });
  const wan = interfaces.filter((item) => item.id.startsWith("wan")).map((item) => item.id);
  const lan = interfaces.filter((item) => item.id.startsWith("lan")).map((item) => item.id);
  const ssh = machine.ssh;
  const way = ssh === null
    ? undefined
    : devices.find((device) => device.addresses.some((address) => address.split("/")[0] === ssh.to));
  const through = interfaces.find((item) => item.device === way?.name)?.id;
  // With nothing inside, or a session whose interface is not known, administrators may come from anywhere.
  const open = lan.length === 0 || (ssh !== null && through === undefined);
  return documentSchema.parse({
    system: { hostname: hostnameOf(machine.hostname) },
    interfaces,
    zones: lan.length === 0
      ? []
      : [{ id: "inside", name: "inside", interfaces: lan, comment: "networks behind this machine" }],
    firewall: {
      anti_lockout: {
        in: open ? [] : [...new Set(["inside", ...(through === undefined || lan.includes(through) ? [] : [through])])],
        ...(ssh === null ? {} : { ports: [String(ssh.port)] }),
      },
      rules: lan.length === 0 ? [] : [
        {
          id: "inside-here",
          chain: "input",
          action: "accept",
          in: ["inside"],
          comment: "the inside may use this machine",
        },
        ...(wan.length === 0 ? [] : [{
          id: "inside-out",
          chain: "forward",
          action: "accept",
          in: ["inside"],
          out: wan,
          comment: "the inside may go out",
        }]),
      ],
    },
    nat: {
      rules: wan.length === 0 || lan.length === 0
        ? []
        : [{ id: "outbound", type: "masquerade", family: "ipv4", out: wan, comment: "one public address for all" }],
    },
  });
}

function hostnameOf(name: string): string {
  return documentSchema.shape.system.safeParse({ hostname: name }).success ? name : "patronus";
}

export async function init(input: Input, session: Session): Promise<Output> {
  if (!input.flag("force") && !await session.isNew()) {
    throw new PatronusError("conflict", "there is a configuration already", {
      hint: "patronus config show prints it; --force starts over in your candidate, the versions stay",
    });
  }
  const devices = await session.devices();
  const made = firstDocument({ hostname: session.hostname(), devices, ssh: session.sshAddress() });
  const document = await session.edit(() => made);
  const line = (text: string): Block => ({ kind: "line", text: [`  ${text}`] });
  const lockout = document.firewall.anti_lockout;
  const from = lockout.in.length === 0 ? "anywhere" : lockout.in.join(" and ");
  return {
    blocks: [
      {
        kind: "heading",
        text: "A first configuration is in your candidate",
        note: "nothing has changed on the machine yet",
      },
      ...document.interfaces.map((item) => line(interfaceWords(item, nameLookup(document)))),
      ...document.firewall.rules.map((rule) => line(`rule ${rule.id}: ${rule.comment}`)),
      ...document.nat.rules.map((rule) => line(`NAT ${rule.id}: ${rule.comment}`)),
      line(`SSH on port ${lockout.ports.join(", ")} stays open from ${from}, whatever the rules say`),
      line("everything else to this machine is dropped, everything from it passes"),
      { kind: "line", text: [] },
      { kind: "line", text: ["Next:"] },
      line("patronus firewall list               look at the rules"),
      ...(document.nat.rules.length > 0
        ? [line("patronus firewall enable-forwarding  make this machine a router")]
        : []),
      line("patronus plan                        see what applying it would change"),
      line("patronus apply --confirm 60s         do it; without a confirmation it undoes itself"),
    ],
  };
}
