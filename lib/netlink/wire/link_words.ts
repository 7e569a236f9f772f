/** Changes of links in words, for plans and for the errors where they are refused. */
import { type Address, formatAddress } from "../../model/address.ts";
import type { LinkKind, PortSettings } from "./kind.ts";
import type { LinkChange } from "./link.ts";

/** As `up mtu 1400`. */
export function changeWords(change: LinkChange): string {
  const { up, name, mtu, mac, alias, promiscuous, controller, namespace, settings, port } = change;
  const words = [
    up === undefined ? "" : up ? "up" : "down",
    name === undefined ? "" : `name ${name}`,
    mtu === undefined ? "" : `mtu ${mtu}`,
    mac === undefined ? "" : `mac ${mac}`,
    alias === undefined ? "" : `alias "${alias}"`,
    promiscuous === undefined ? "" : `promiscuous ${promiscuous ? "on" : "off"}`,
    controller === undefined ? "" : controller === 0 ? "free of its controller" : `part of device ${controller}`,
    namespace === undefined ? "" : `into the namespace of process ${namespace}`,
    ...settingWords(settings, "kind"),
    ...settingWords(port, "controller"),
  ];
  return words.filter((word) => word !== "").join(" ");
}

function settingWords(settings: LinkKind | PortSettings | undefined, without: string): string[] {
  const said = Object.entries(settings ?? {}).filter(([key, value]) => key !== without && value !== undefined);
  return said.map(([key, value]) => `${key} ${valueWords(value)}`);
}

/** As `4`, `on`, `10.0.0.1` or `[from 1 to 2, from 3 to 4]`. */
function valueWords(value: unknown): string {
  if (typeof value === "boolean") return value ? "on" : "off";
  if (typeof value !== "object" || value === null) return String(value);
  if (Array.isArray(value)) return `[${value.map(valueWords).join(", ")}]`;
  if ("family" in value && "value" in value) return formatAddress(value as Address);
  return Object.entries(value).map(([key, part]) => `${key} ${valueWords(part)}`).join(" ");
}
