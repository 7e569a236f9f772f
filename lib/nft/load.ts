/** What a load yields: its datatype and how nft writes it. The kernel's numbers stand with the expressions. */
import { CT_KEYS } from "./expr/ct.ts";
import { META_KEYS } from "./expr/meta.ts";
import { PAYLOAD_FIELDS } from "./expr/payload.ts";
import type { Datatype, Load } from "./ruleset.ts";

/** The datatype of what a load puts into a register. */
export function loadType(load: Load): Datatype {
  switch (load.load) {
    case "meta":
      return META_KEYS[load.key].type;
    case "payload":
      return PAYLOAD_FIELDS[load.field].type;
    case "ct":
      return CT_KEYS[load.key].type;
    case "fib":
      return load.result === "oifname" ? "ifname" : load.result === "type" ? "fib_addrtype" : "mark";
  }
}
