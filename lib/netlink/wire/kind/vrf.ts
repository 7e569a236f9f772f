/** Routing tables as devices (IFLA_VRF_* of linux/if_link.h). */
import { FieldTable, number } from "../field.ts";

export interface Vrf {
  readonly kind: "vrf";
  /** Number of the table that packets of its members are routed by. */
  readonly table?: number;
}

export const vrf: FieldTable<Omit<Vrf, "kind">> = new FieldTable<Omit<Vrf, "kind">>({ table: number(1, "u32") });
