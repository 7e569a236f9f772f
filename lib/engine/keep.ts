/**
 * The network's keeper, a program: says "ready", then sets up devices that appear, as the version in effect wants them, and
 * runs DHCP clients where it wants those. One runs for each run directory; another one ends at once. It ends when the
 * store is taken away or wants no network. Arguments: STATE_DIR RUN_DIR ETC_DIR.
 */
import { hasState } from "../config/recover.ts";
import { Store } from "../config/store.ts";
import { compile } from "../features/compile.ts";
import type { Desired } from "../features/desired.ts";
import type { NetworkState } from "../features/network_state.ts";
import { NetlinkConnection, ROUTE } from "../netlink/socket/connection.ts";
import { listLinks } from "../netlink/socket/link.ts";
import { readIntent } from "./journal.ts";
import { isKept, keeperLock, logPath } from "./keeper_process.ts";
import { Lock } from "./lock.ts";
import { DhcpKeeper } from "./network/dhcp_keeper.ts";
import { Keeper } from "./network/keeper.ts";
import { ResolverDriver } from "./resolver.ts";

/** Milliseconds between two looks at the store. */
const LOOK = 2000;

const [stateDir = "", runDir = "", etcDir = ""] = Deno.args;
/** What the newest version asks for, by its digest: the store may be replaced by another. */
let known: { readonly digest: string; readonly desired: Desired } | undefined;

async function keep(): Promise<void> {
  using lock = keeperLock(runDir);
  Deno.stdout.writeSync(new TextEncoder().encode("ready\n"));
  if (lock === null) return;
  using log = Deno.openSync(logPath(runDir), { create: true, write: true, truncate: true, mode: 0o600 });
  const report = (line: string) =>
    void log.writeSync(new TextEncoder().encode(`${new Date().toISOString()} ${line}\n`));
  const keeper = new Keeper({ alone, report });
  const resolver = new ResolverDriver({ stateDir, runDir, etcDir });
  const dhcp = new DhcpKeeper({
    stateDir,
    runDir,
    report,
    changed: async (device) => {
      if (known !== undefined) resolver.refresh(known.desired);
      await keeper.again(device);
    },
  });
  const look = async () => {
    const desired = newest();
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

/** What the newest version asks for; null where that cannot be told now, `none` where nothing is to be kept. */
function newest(): Desired | "none" | null {
  // Opening a store that was taken away would make another.
  if (!hasState(stateDir)) return "none";
  const store = Store.open(stateDir);
  try {
    const head = store.head();
    if (head === null || readIntent(store) !== null) return null;
    if (known?.digest !== head.digest) {
      known = { digest: head.digest, desired: compile(store.document(head.number)) };
    }
    return isKept(known.desired.network) ? known.desired : "none";
  } finally {
    store.close();
  }
}

async function alone(work: (wanted: NetworkState) => Promise<void>): Promise<boolean> {
  using lock = hasState(stateDir) ? Lock.tryTake(runDir) : null;
  if (lock === null) return false;
  const desired = newest();
  if (desired === null || desired === "none") return false;
  await work(desired.network);
  return true;
}

/** Devices that are to have a client, as far as they are there. */
async function dhcpDevices({ links }: NetworkState): Promise<ReadonlySet<string>> {
  const wanted = links.filter(({ dhcp, up }) => dhcp && up);
  if (wanted.length === 0) return new Set();
  using netlink = NetlinkConnection.open(ROUTE);
  const there = new Set((await listLinks(netlink)).map(({ name }) => name));
  return new Set(wanted.map(({ device }) => device).filter((device) => there.has(device)));
}

await keep();
