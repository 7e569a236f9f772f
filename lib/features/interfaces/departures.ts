/** What a new version means for the devices that the old one had made. */
import type { Document } from "../document.ts";
import type { LinkState, NetworkState } from "../network_state.ts";
import { deviceOf, kindsOf } from "./values.ts";

/** The state that `after` asks for, with the devices that go and the names that change because `before` had others. */
export function withDepartures(network: NetworkState, before: Document, after: Document): NetworkState {
  const now = new Map(after.interfaces.map((item) => [item.id, item]));
  const names = new Set(after.interfaces.map(deviceOf));
  const formerly = new Map<string, string>();
  const gone: string[] = [];
  const left: LinkState[] = [];
  for (const item of before.interfaces) {
    const old = deviceOf(item);
    const successor = now.get(item.id);
    if (successor !== undefined && deviceOf(successor) === old) continue;
    const [kind] = kindsOf(item);
    if (kind === undefined) {
      // The interface moves to another port, and its addresses with it.
      if (successor !== undefined && item.addresses !== undefined && !names.has(old)) {
        left.push({ device: old, addresses: [] });
      }
    } else if (successor !== undefined && kindsOf(successor)[0] === kind) formerly.set(deviceOf(successor), old);
    else gone.push(old);
  }
  if (formerly.size + gone.length + left.length === 0) return network;
  const links = network.links.map((link): LinkState => {
    const name = formerly.get(link.device);
    return name === undefined ? link : { ...link, formerly: name };
  });
  return { ...network, links: [...links, ...left], gone };
}
