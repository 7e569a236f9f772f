/** Rules that choose the routing table, of this network namespace. */
import type { Family } from "../../model/address.ts";
import { readRule, type Rule, ruleDump } from "../wire/rule.ts";
import type { Netlink } from "./connection.ts";

/** Every rule of one IP version or of both, in the order that they are asked. Throws a `NetlinkError`. */
export async function listRules(netlink: Netlink, family?: Family): Promise<Rule[]> {
  const answers = await netlink.dump(ruleDump(family), "list routing rules");
  return answers.map(({ payload }) => readRule(payload)).filter((rule) => rule !== null);
}
