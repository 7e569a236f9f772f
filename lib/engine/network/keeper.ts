/**
 * Keeps the network as the version in effect says while things happen to it: a device that appears late, plugged in or
 * made by another program, gets its configuration at once. What somebody changes by hand is told and left alone; the plan
 * shows it as drift.
 */
import type { NetworkState } from "../../features/network_state.ts";
import { Monitor } from "../../netlink/socket/monitor.ts";
import { NetlinkConnection, ROUTE } from "../../netlink/socket/connection.ts";
import type { NetworkEvent } from "../../netlink/wire/event.ts";
import { become } from "./driver.ts";
import { forLate } from "./late.ts";
import { observeNetwork } from "./observe.ts";
import { changeOf, type Operation } from "./operation.ts";
import { perform } from "./perform.ts";
import { reconcile, waitingRoutes } from "./reconcile.ts";

/** Milliseconds that things have to settle: a device appears in several events. */
const SETTLE = 100;

/** What happened, for a log. */
export type Report = (line: string) => void;

export interface KeeperOptions {
  /**
   * Does work with the state that the version in effect asks for, while nobody else changes anything. False where somebody
   * else is at it, or no version is in effect: then nothing was done.
   */
  readonly alone: (work: (wanted: NetworkState) => Promise<void>) => Promise<boolean>;
  readonly report: Report;
}

export class Keeper {
  readonly #options: KeeperOptions;
  readonly #monitor = Monitor.open(["link", "address", "route"]);
  /** Devices that were there when it last looked. */
  #known = new Set<string>();
  /** Devices that appeared and have not been set up yet. */
  readonly #late = new Set<string>();
  /** Routes that could not be set when it last looked. */
  #waiting: ReadonlySet<string> = new Set();
  /** Differences that were told. */
  #told: ReadonlySet<string> = new Set();

  constructor(options: KeeperOptions) {
    this.#options = options;
  }

  /** Sets up what is there, then what appears, until `close`. Throws a `NetlinkError` where the kernel tells nothing. */
  async run(): Promise<void> {
    await this.#look();
    await this.#setUp();
    await this.#compare();
    let timer: ReturnType<typeof setTimeout> | undefined;
    try {
      for await (const event of this.#monitor) {
        this.#tell(event);
        // Not put off by what comes meanwhile: on a busy router something always does.
        timer ??= setTimeout(() => {
          timer = undefined;
          void this.#wake();
        }, SETTLE);
      }
    } finally {
      clearTimeout(timer);
    }
  }

  close(): void {
    this.#monitor.close();
  }

  /** Looks again at a device that is there: what could not be done before may be possible now. */
  async again(device: string): Promise<void> {
    this.#late.add(device);
    await this.#setUp();
  }

  /** Looks again at what could not be done, as when another process held the lock. */
  async retry(): Promise<void> {
    if (this.#late.size > 0) await this.#setUp();
  }

  async #wake(): Promise<void> {
    try {
      await this.#look();
      await this.#setUp();
      await this.#compare();
    } catch (error) {
      this.#options.report(
        `the network cannot be looked at: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  }

  /** Finds devices that are new since the last look. */
  async #look(): Promise<void> {
    using netlink = NetlinkConnection.open(ROUTE);
    const there = new Set((await observeNetwork(netlink)).links.keys());
    for (const device of there) if (!this.#known.has(device)) this.#late.add(device);
    for (const device of this.#late) if (!there.has(device)) this.#late.delete(device);
    this.#known = there;
  }

  async #setUp(): Promise<void> {
    if (this.#late.size === 0) return;
    const late = new Set(this.#late);
    const done = await this.#options.alone(async (wanted) => {
      using netlink = NetlinkConnection.open(ROUTE);
      const refusals = await become(netlink, forLate(wanted, late));
      for (const { message } of refusals) this.#options.report(message);
      const named = wanted.links.filter(({ device }) => late.has(device)).map(({ device }) => device);
      if (named.length > 0 && refusals.length === 0) this.#options.report(`${named.join(", ")} set up`);
    });
    if (done) { for (const device of late) this.#late.delete(device); }
  }

  /** Sets routes that had to wait, and tells each other difference from the version in effect once, as long as it lasts. */
  async #compare(): Promise<void> {
    await this.#options.alone(async (wanted) => {
      using netlink = NetlinkConnection.open(ROUTE);
      const observed = await observeNetwork(netlink);
      const operations = reconcile(observed, wanted);
      const isDue = (operation: Operation) =>
        operation.op === "add-route" && this.#waiting.has(JSON.stringify(operation.route));
      const refusals = await perform(netlink, operations.filter(isDue));
      for (const { message } of refusals) this.#options.report(message);
      this.#waiting = new Set(waitingRoutes(observed, wanted).map((route) => JSON.stringify(route)));
      const changes = operations.filter((operation) => !isDue(operation)).map(changeOf);
      const lines = changes.map(({ action, subject, before = "", after = "" }) =>
        ["drift: it would take to", action, subject, action === "remove" ? before : after].join(" ").trimEnd()
      );
      for (const line of lines) if (!this.#told.has(line)) this.#options.report(line);
      this.#told = new Set(lines);
    });
  }

  #tell(event: NetworkEvent): void {
    if (event.subject === "lost") this.#options.report("more happened to the network than could be told");
    if (event.subject !== "link") return;
    const { name, up, carrier } = event.link;
    // It may be back, as another device of that name, before anybody looks.
    if (event.gone) this.#known.delete(name);
    const words = event.gone ? "is gone" : !up ? "is down" : carrier ? "is up" : "has no carrier";
    this.#options.report(`${name} ${words}`);
  }
}
