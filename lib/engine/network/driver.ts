/**
 * The network as a step. What is done and undone are states, not operations: both are compared with the kernel anew
 * whenever they are carried out, so that it does no harm to do so twice, or from any state between.
 */
import type { NetworkState } from "../../features/network_state.ts";
import type { PatronusError } from "../../model/error.ts";
import type { RouteNetlink } from "../../netlink/socket/connection.ts";
import { listLinks } from "../../netlink/socket/link.ts";
import { isSetUp } from "../keeper_process.ts";
import type { Change, PlannedStep, StepDriver } from "../step.ts";
import type { Lockout } from "../plan.ts";
import type { CallerSession } from "../session.ts";
import { networkLockouts } from "./lockout.ts";
import { observeNetwork } from "./observe.ts";
import { changeOf, type Operation } from "./operation.ts";
import { perform } from "./perform.ts";
import { type ObservedNetwork, reconcile } from "./reconcile.ts";
import { snapshot } from "./snapshot.ts";

/** What one operation brings with it, as the kernel lowers the MTU of VLANs with their parent's, takes another round. */
const ROUNDS = 3;

/**
 * Brings the network to a state, from whatever it is, as far as the kernel lets it. Gives a `PatronusError` for each
 * operation that it refuses. Throws a `NetlinkError` where the network cannot be read.
 */
export async function become(netlink: RouteNetlink, wanted: NetworkState): Promise<readonly PatronusError[]> {
  for (let round = 0; round < ROUNDS; round++) {
    const operations = reconcile(await observeNetwork(netlink), wanted);
    if (operations.length === 0) return [];
    const refusals = await perform(netlink, operations);
    if (refusals.length > 0) return refusals;
  }
  return [];
}

async function becomeOrThrow(netlink: RouteNetlink, wanted: NetworkState): Promise<void> {
  const [refusal] = await become(netlink, wanted);
  if (refusal !== undefined) throw refusal;
}

export class NetworkDriver implements StepDriver<{ readonly network: NetworkState }> {
  readonly kind = "network";
  readonly order = 20;

  /** `netlink` opens a connection; it is closed again after each use. */
  constructor(readonly open: () => RouteNetlink) {}

  async plan({ network }: { readonly network: NetworkState }): Promise<PlannedStep | null> {
    return await this.#with(async (netlink) => {
      const observed = await observeNetwork(netlink);
      const wanted = identified(network, observed);
      const operations = reconcile(observed, wanted);
      if (operations.length === 0) return null;
      return {
        kind: this.kind,
        title: titleOf(operations),
        changes: operations.map(changeOf),
        redo: wanted,
        undo: snapshot(observed, wanted),
      };
    });
  }

  /** Devices that a state sets up and that the machine does not have. */
  absent({ links }: NetworkState): Promise<readonly string[]> {
    return this.#with(async (netlink) => {
      const there = new Set((await listLinks(netlink)).map(({ name }) => name));
      return links.filter((link) => link.made === undefined && isSetUp(link) && !there.has(link.device))
        .map(({ device }) => device);
    });
  }

  /** What of the caller's session a change to this state would cut. */
  lockouts({ network }: { readonly network: NetworkState }, session: CallerSession): Promise<readonly Lockout[]> {
    return this.#with(async (netlink) => {
      const observed = await observeNetwork(netlink);
      const wanted = identified(network, observed);
      return networkLockouts(observed, wanted, reconcile(observed, wanted), session);
    });
  }

  apply(redo: unknown): Promise<void> {
    return this.#with((netlink) => becomeOrThrow(netlink, redo as NetworkState));
  }

  undo(undo: unknown): Promise<void> {
    return this.#with((netlink) => becomeOrThrow(netlink, undo as NetworkState));
  }

  async verify({ network }: { readonly network: NetworkState }): Promise<readonly Change[]> {
    return await this.#with(async (netlink) => reconcile(await observeNetwork(netlink), network).map(changeOf));
  }

  async #with<T>(work: (netlink: RouteNetlink) => Promise<T>): Promise<T> {
    const netlink = this.open();
    try {
      return await work(netlink);
    } finally {
      netlink.close();
    }
  }
}

/** The state with the devices that change their names by their numbers: once they have them, a name is another's. */
function identified(wanted: NetworkState, { links }: ObservedNetwork): NetworkState {
  return {
    ...wanted,
    links: wanted.links.map(({ formerly, ...link }) => {
      const index = formerly === undefined ? undefined : links.get(formerly)?.index;
      return index === undefined ? link : { ...link, index };
    }),
  };
}

function titleOf(operations: readonly Operation[]): string {
  const subjects = new Set<string>(
    operations.map((operation) =>
      operation.op.endsWith("route") ? "routes" : operation.op.endsWith("address") ? "addresses" : "links"
    ),
  );
  return `change ${["links", "addresses", "routes"].filter((word) => subjects.has(word)).join(", ")}`;
}
