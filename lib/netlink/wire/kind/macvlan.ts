/** Devices that share another one with Ethernet addresses of their own (IFLA_MACVLAN_* of linux/if_link.h). */
import { choice, FieldTable } from "../field.ts";

export interface Macvlan {
  readonly kind: "macvlan";
  /** Whom of the same device it reaches: nobody; all by way of the switch; all; it alone has the device; some sources. */
  readonly mode?: keyof typeof MODES;
}

/** MACVLAN_MODE_*. */
const MODES = { private: 1, vepa: 2, bridge: 4, passthru: 8, source: 16 } as const;

export const macvlan: FieldTable<Omit<Macvlan, "kind">> = new FieldTable<Omit<Macvlan, "kind">>({
  mode: choice(1, "u32", MODES),
});
