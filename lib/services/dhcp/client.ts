/** The DHCP client of one device: dhcpcd, run and watched. It configures nothing; what it brings is told in events. */
import type { Family } from "../../model/address.ts";
import { PatronusError } from "../../model/error.ts";
import { DEVICE } from "../../model/id.ts";
import { systemError } from "../../model/system_error.ts";
import { atomicWrite } from "../file.ts";
import { requireProgram } from "../program.ts";
import { readSysctl } from "../sysctl.ts";
import { restartDelay, STEADY } from "./backoff.ts";
import { configurationText, programArguments } from "./configuration.ts";
import { keptDuid } from "./duid.ts";
import type { Environment } from "./environment.ts";
import { Expiry } from "./expiry.ts";
import { Guarded, type GuardedEnd } from "./guarded.ts";
import { installHook } from "./hook.ts";
import { Inbox } from "./inbox.ts";
import { endLeftover, noteProcess } from "./leftover.ts";
import type { Lease, LeaseEvent } from "./lease.ts";
import { dhcpDirectory } from "./lease_file.ts";
import { Ledger } from "./ledger.ts";
import { PROTOCOLS } from "./reasons.ts";

export interface DhcpClientOptions {
  readonly device: string;
  /** Patronus's directories: `runDir` for what ends with the boot, `stateDir` for what outlives it. */
  readonly runDir: string;
  readonly stateDir: string;
  /** Both by default. */
  readonly families?: readonly Family[];
  /** What the server may call this machine; nothing is sent by default. */
  readonly hostname?: string;
  /** Called for each change, one after the other. It must not throw. */
  readonly report: (event: LeaseEvent) => void;
}

/** Milliseconds that dhcpcd gets to end by itself; it waits for its helpers up to 10 s. */
const GRACE = 10_000;

export class DhcpClient {
  readonly device: string;
  readonly families: readonly Family[];
  readonly #options: DhcpClientOptions;
  readonly #ledger: Ledger;
  #process: Guarded | null = null;
  #supervision: Promise<void> | null = null;
  #wake: () => void = () => {};
  #stopping = false;
  readonly #expiry = new Expiry((family) => this.#tell([this.#ledger.end(family, "expired")]));

  /** Throws an input error for what is no device name. */
  constructor(options: DhcpClientOptions) {
    const { device, families = [4, 6], runDir } = options;
    if (!DEVICE.test(device) || device.startsWith("-")) {
      throw new PatronusError("input", `${JSON.stringify(device)} is no device that a DHCP client can run on`);
    }
    this.device = device;
    this.families = families;
    this.#options = options;
    this.#ledger = new Ledger(runDir, device, families, seconds());
  }

  /** What holds now; after a start also what an earlier client got and has not been said anything of yet. */
  get leases(): readonly Lease[] {
    return this.#ledger.leases;
  }

  /** Process id of dhcpcd; null while it does not run. */
  get pid(): number | null {
    return this.#process?.pid ?? null;
  }

  /**
   * Starts dhcpcd and keeps it running until `stop`. Throws a `PatronusError` where it is not installed or what it needs
   * cannot be written; that it later ends is told as `failed`.
   */
  async start(): Promise<void> {
    if (this.#supervision !== null) return;
    const program = requireProgram("dhcpcd", `DHCP on ${this.device}`, {
      debian: "dhcpcd-base",
      gentoo: "net-misc/dhcpcd",
    });
    const inbox = await this.#prepare();
    try {
      this.#process = await this.#run(program);
    } catch (error) {
      inbox[Symbol.dispose]();
      throw error;
    }
    this.#stopping = false;
    for (const { family, expire } of this.leases) this.#expiry.set(family, expire === null ? null : expire - seconds());
    this.#supervision = this.#supervise(program, inbox);
  }

  /** Asks the servers now whether the leases still hold, as when something about them was changed there. */
  renew(): void {
    this.#process?.signal("SIGUSR1");
  }

  /**
   * Ends dhcpcd; none of its processes is left afterwards. The leases stay good until they expire and are asked for again
   * at the next start, unless they are released: then they are given back to the servers.
   */
  async stop(options: { readonly release?: boolean } = {}): Promise<void> {
    this.#stopping = true;
    this.#wake();
    await this.#process?.end(options.release ? "SIGALRM" : "SIGTERM", GRACE);
    await this.#supervision;
    this.#supervision = null;
    this.#expiry.clear();
    if (options.release) this.#tell(this.leases.map(({ family }) => this.#ledger.end(family, "released")));
  }

  /** Directory of this device; the lease file beside it has another ending. */
  get #directory(): string {
    return `${dhcpDirectory(this.#options.runDir)}/${this.device}.run`;
  }

  #paths() {
    const directory = this.#directory;
    return {
      configuration: `${directory}/dhcpcd.conf`,
      process: `${directory}/process`,
      inbox: `${directory}/inbox`,
      hook: `${dhcpDirectory(this.#options.stateDir)}/hook`,
      duid: `${dhcpDirectory(this.#options.stateDir)}/duid`,
    };
  }

  /** Everything that dhcpcd finds in files. */
  async #prepare(): Promise<Inbox> {
    const { configuration, process, inbox, hook, duid } = this.#paths();
    try {
      for (const directory of [dhcpDirectory(this.#options.runDir), dhcpDirectory(this.#options.stateDir)]) {
        Deno.mkdirSync(directory, { recursive: true, mode: 0o700 });
        Deno.chmodSync(directory, 0o700);
      }
      Deno.mkdirSync(this.#directory, { recursive: true, mode: 0o700 });
      await installHook(hook);
      const { families } = this;
      const text = configurationText({ families, hostname: this.#options.hostname ?? null, duid: keptDuid(duid) });
      atomicWrite(configuration, text, 0o600);
      await endLeftover(process, GRACE);
      return new Inbox(inbox);
    } catch (error) {
      throw systemError(error, `cannot prepare the DHCP client of ${this.device}`);
    }
  }

  async #run(program: string): Promise<Guarded> {
    const paths = this.#paths();
    const addressing = readSysctl(`net/ipv6/conf/${this.device}/addr_gen_mode`);
    const running = await Guarded.start(program, programArguments(this.device, paths, addressing));
    noteProcess(paths.process, running.pid);
    return running;
  }

  async #supervise(program: string, inbox: Inbox): Promise<void> {
    const listening = this.#listen(inbox);
    for (let ends = 0; !this.#stopping;) {
      const began = seconds();
      const problem = await this.#follow(program);
      if (this.#stopping) break;
      ends = seconds() - began >= STEADY ? 1 : ends + 1;
      const delay = restartDelay(ends);
      const problems = [problem, `it is started again in ${delay} s`];
      this.#tell(this.families.map((family) => this.#ledger.note(family, "failed", problems)));
      await this.#pause(delay);
    }
    inbox[Symbol.dispose]();
    await listening;
  }

  /** Runs dhcpcd, unless it runs already, until it ends; says why it did. */
  async #follow(program: string): Promise<string> {
    try {
      const running = this.#process ??= await this.#run(program);
      // Somebody may have called `stop` before there was anything to stop.
      if (this.#stopping) await running.end("SIGTERM", GRACE);
      return endWords(await running.ended);
    } catch (error) {
      return systemError(error).message;
    } finally {
      this.#process = null;
    }
  }

  async #listen(inbox: Inbox): Promise<void> {
    for await (const word of inbox.words(this.families.map((family) => PROTOCOLS[family]))) {
      for (const family of this.families) this.#take(family, word);
    }
  }

  #take(family: Family, word: Environment): void {
    const event = this.#ledger.take(family, word, Math.floor(seconds()));
    if (event === null) return;
    const { obtained = 0, expire = null } = event.lease ?? {};
    this.#expiry.set(family, expire === null ? null : expire - obtained);
    this.#tell([event]);
  }

  #tell(events: readonly LeaseEvent[]): void {
    if (events.length === 0) return;
    const unsaved = this.#save();
    for (const event of events) this.#options.report({ ...event, problems: [...event.problems, ...unsaved] });
  }

  /** A full disk keeps nobody from the lease itself: it is told with the event. */
  #save(): string[] {
    try {
      this.#ledger.save();
      return [];
    } catch (error) {
      return [systemError(error).message];
    }
  }

  /** Waits, unless `stop` is called. */
  async #pause(seconds: number): Promise<void> {
    if (this.#stopping) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, seconds * 1000);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

function endWords({ status, words }: GuardedEnd): string {
  const how = status > 128 ? `by signal ${status - 128}` : `with status ${status}`;
  return [`dhcpcd ended ${how}`, ...words].join(": ");
}

/** Since 1970. */
function seconds(): number {
  return Date.now() / 1000;
}
