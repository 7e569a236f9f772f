/** A network namespace as a test found it: what it makes there goes with it. */
import { NetlinkConnection, ROUTE } from "../../lib/netlink/socket/connection.ts";
import { listLinks } from "../../lib/netlink/socket/link.ts";
import { listRoutes } from "../../lib/netlink/socket/route.ts";
import { listRules } from "../../lib/netlink/socket/rule.ts";
import { delLink } from "../../lib/netlink/wire/link.ts";
import { delRoute, type NewRoute, ORIGIN } from "../../lib/netlink/wire/route.ts";
import { delRule, type NewRule } from "../../lib/netlink/wire/rule.ts";

/** A connection for one test; when it is disposed of, new links, rules and routes are deleted, whatever became of the test. */
export async function routeLab(): Promise<{ readonly netlink: NetlinkConnection } & AsyncDisposable> {
  const netlink = NetlinkConnection.open(ROUTE);
  const found = new Set((await listLinks(netlink)).map(({ index }) => index));
  return {
    netlink,
    async [Symbol.asyncDispose]() {
      const links = (await listLinks(netlink)).filter(({ index }) => !found.has(index));
      // With a veth goes its peer: what is refused is gone already.
      await netlink.change(links.map(delLink));
      const rules = (await listRules(netlink)).filter(({ origin }) => origin !== ORIGIN.KERNEL);
      await netlink.change(rules.map((rule) => delRule(rule as NewRule)));
      const routes = (await listRoutes(netlink)).filter(({ protocol }) => protocol !== ORIGIN.KERNEL);
      await netlink.change(routes.map((route) => delRoute(route as NewRoute)));
      netlink.close();
    },
  };
}
