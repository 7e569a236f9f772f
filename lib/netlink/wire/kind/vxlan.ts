/** Ethernet over UDP (RFC 7348; IFLA_VXLAN_* of linux/if_link.h). */
import type { Address } from "../../../model/address.ts";
import { FieldTable, flag, inet, number } from "../field.ts";

export interface Vxlan {
  readonly kind: "vxlan";
  /** Network identifier (VNI), 24 bits. */
  readonly id?: number;
  /** Where packets for unknown addresses go: another end, or a multicast group that all ends belong to. */
  readonly remote?: Address;
  /** The address that packets leave from. */
  readonly local?: Address;
  /** Index of the device that packets leave by. */
  readonly device?: number;
  /** UDP port of all ends. The kernel's own default is 8472, that of IANA 4789. */
  readonly port?: number;
  /** Of the outer packets; 0: that of the inner ones or the system's. */
  readonly ttl?: number;
  readonly tos?: number;
  /** Learn from arriving packets which end an address is behind. */
  readonly learning?: boolean;
  /** Seconds after which what was learned is forgotten. */
  readonly ageing?: number;
  /** UDP checksums over IPv4; over IPv6 they may be left out of packets sent and received. */
  readonly checksum?: boolean;
  readonly zeroChecksumSend6?: boolean;
  readonly zeroChecksumReceive6?: boolean;
}

export const vxlan: FieldTable<Omit<Vxlan, "kind">> = new FieldTable<Omit<Vxlan, "kind">>({
  device: number(3, "u32"),
  ttl: number(5, "u8"),
  checksum: flag(18),
  zeroChecksumSend6: flag(19),
  zeroChecksumReceive6: flag(20),
  id: number(1, "u32"),
  local: inet({ 4: 4, 6: 17 }),
  remote: inet({ 4: 2, 6: 16 }),
  tos: number(6, "u8"),
  learning: flag(7),
  ageing: number(8, "u32"),
  port: number(15, "be16"),
});
