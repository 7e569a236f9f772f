/** What a device that appears asks for: its own settings, and those of what stands on it or leads through it. */
import type { LinkState, NetworkState } from "../../features/network_state.ts";

/**
 * The part of a state that is for devices which have just appeared. All routes stay in it: the gateways of many are found
 * by the addresses that a device brings.
 */
export function forLate({ links, routes }: NetworkState, late: ReadonlySet<string>): NetworkState {
  const wanted = new Set(late);
  for (let grown = true; grown;) {
    grown = false;
    for (const link of links) {
      if (wanted.has(link.device) || !standsOn(link, wanted, links)) continue;
      wanted.add(link.device);
      grown = true;
    }
  }
  return { links: links.filter(({ device }) => wanted.has(device)), gone: [], routes };
}

/** Whether a device is made on one of these, or joins them. */
function standsOn({ device, made }: LinkState, others: ReadonlySet<string>, links: readonly LinkState[]): boolean {
  if (made === undefined) return false;
  if ("parent" in made && made.parent !== undefined && others.has(made.parent)) return true;
  return links.some((link) => link.controller === device && others.has(link.device));
}
