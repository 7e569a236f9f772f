/** Neighbours on the links of this network namespace. */
import type { Family } from "../../model/address.ts";
import { type Neighbour, neighbourDump, readNeighbour } from "../wire/neighbour.ts";
import type { Netlink } from "./connection.ts";

export interface NeighbourFilter {
  readonly family?: Family;
  /** Those that this machine answers for, instead of those that it knows. */
  readonly proxy?: boolean;
}

/** Every neighbour that the kernel knows. Throws a `NetlinkError`. */
export async function listNeighbours(netlink: Netlink, { family, proxy }: NeighbourFilter = {}): Promise<Neighbour[]> {
  const answers = await netlink.dump(neighbourDump(family, proxy), "list neighbours");
  return answers.map(({ payload }) => readNeighbour(payload)).filter((neighbour) => neighbour !== null);
}
