/**
 * Keeps the network as the newest version wants it: sets up devices that appear, and runs DHCP clients. The daemon does it
 * itself; without one a process that stays behind does (keep.ts).
 */
import { hasState } from "../config/recover.ts";
import { Store } from "../config/store.ts";
import { compile } from "../features/compile.ts";
import type { Desired } from "../features/desired.ts";
import type { NetworkState } from "../features/network_state.ts";
import { NetlinkConnection, ROUTE } from "../netlink/socket/connection.ts";
import { listLinks } from "../netlink/socket/link.ts";
import { readIntent } from "./journal.ts";
import { isKept, type KeeperPlaces } from "./keeper_process.ts";
import { Lock } from "./lock.ts";
import { DhcpKeeper } from "./network/dhcp_keeper.ts";
import { Keeper, type Report } from "./network/keeper.ts";
import { ETC, ResolverDriver } from "./resolver.ts";

/** Milliseconds between two looks at the store. */
const LOOK = 2000;

export interface NetworkKeeping extends KeeperPlaces {
  readonly wishes: Wishes;
  readonly report: Report;
  /** Asked at each look: whether this is to end, because somebody else keeps the network or nobody shall. */
  readonly relieved: () => boolean;
}

/** Goes on until it is relieved, the store is taken away, or the newest version wants no network. */
export async function keepNetwork(options: NetworkKeeping): Promise<void> {
  const { stateDir, runDir, etcDir = ETC, wishes, report, relieved } = options;
  const keeper = new Keeper({
    report,
    alone: async (work) => {
      using lock = hasState(stateDir) ? Lock.tryTake(runDir) : null;
      if (lock === null) return false;
      const desired = wishes.newest();
      if (desired === null || desired === "none") return false;
      await work(desired.network);
      return true;
    },
  });
  const resolver = new ResolverDriver({ stateDir, runDir, etcDir });
  const dhcp = new DhcpKeeper({
    stateDir,
    runDir,
    report,
    changed: async (device) => {
      if (wishes.known !== undefined) resolver.refresh(wishes.known);
      await keeper.again(device);
    },
  });
  const look = async () => {
    const desired = relieved() ? "none" : wishes.newest();
    if (desired === "none") return keeper.close();
    await keeper.retry();
    if (desired !== null) await dhcp.become(await dhcpDevices(desired.network));
  };
  let looking: Promise<void> = Promise.resolve();
  const again = () => {
    looking = looking.then(look).catch((error) => report(error instanceof Error ? error.message : String(error)));
  };
  const timer = setInterval(again, LOOK);
  again();
  try {
    await keeper.run();
  } finally {
    clearInterval(timer);
    await looking;
    await dhcp.stop();
  }
}

/** What the newest version asks for. */
export class Wishes {
  /** By the version's digest: the store may be replaced by another. */
  #known: { readonly digest: string; readonly desired: Desired } | undefined;

  /** With a store that is open already, that one is asked; else it is opened for each look, as others may replace it. */
  constructor(readonly stateDir: string, readonly open?: Store) {}

  get known(): Desired | undefined {
    return this.#known?.desired;
  }

  /** Null where it cannot be told now, `none` where nothing is to be kept. */
  newest(): Desired | "none" | null {
    // Opening a store that was taken away would make another.
    if (!hasState(this.stateDir)) return "none";
    const store = this.open ?? Store.open(this.stateDir);
    try {
      const head = store.head();
      if (head === null || readIntent(store) !== null) return null;
      if (this.#known?.digest !== head.digest) {
        this.#known = { digest: head.digest, desired: compile(store.document(head.number)) };
      }
      return isKept(this.#known.desired.network) ? this.#known.desired : "none";
    } finally {
      if (store !== this.open) store.close();
    }
  }
}

/** Devices that are to have a client, as far as they are there. */
async function dhcpDevices({ links }: NetworkState): Promise<ReadonlySet<string>> {
  const wanted = links.filter(({ dhcp, up }) => dhcp && up);
  if (wanted.length === 0) return new Set();
  using netlink = NetlinkConnection.open(ROUTE);
  const there = new Set((await listLinks(netlink)).map(({ name }) => name));
  return new Set(wanted.map(({ device }) => device).filter((device) => there.has(device)));
}
