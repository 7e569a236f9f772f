/**
 * Where a command does its work: the store, the engine and the machine, each opened when it is first asked for.
 */
import type { Store } from "../config/store.ts";
import type { Engine, EngineOptions } from "../engine/mod.ts";
import type { Boot } from "../engine/plan.ts";
import type { Document } from "../features/document.ts";
import type { Device, KernelRoute, Reading, Session } from "../features/session.ts";
import { type Finding, PatronusError } from "../model/error.ts";
import { isSystemError, systemError } from "../model/system_error.ts";
import type { Io } from "./io.ts";
import { sshAddress, userName } from "./caller.ts";

export interface Desk extends Session {
  readonly user: string;
  readonly io: Io;
  /** Makes the store where there is none yet. */
  store(): Promise<Store>;
  /** Whether there is a store, or what is left of one. */
  hasState(): Promise<boolean>;
  /** For reading: null where there is no store. */
  existingStore(): Promise<Store | null>;
  engine(): Promise<Engine>;
  /** What the kernel holds although there is no store; null where it holds nothing of Patronus, or may not be read. */
  strangeRules(): Promise<{ readonly version: number | null } | null>;
  /** Brings up what was confirmed last, whatever state the store is in. */
  boot(): Promise<Boot>;
  /** Everything that is wrong or worth knowing in a document. */
  check(document: Document): Promise<readonly Finding[]>;
  versions(): Promise<readonly number[]>;
  /** Who can log in. */
  users(): Promise<readonly { readonly name: string; readonly role: string }[]>;
  /** Makes an empty file beside the store that this user alone can read, and gives its path. */
  temporaryFile(prefix: string, suffix: string): Promise<string>;
  close(): Promise<void>;
}

/** Opens nothing yet. */
export function openDesk(io: Io): Desk {
  return new LocalDesk(io);
}

/** Works in this process. A desk over the daemon's socket can stand beside it one day. */
class LocalDesk implements Desk {
  readonly user = userName();
  #store: Promise<Store> | undefined;
  #engine: Promise<Engine> | undefined;

  constructor(readonly io: Io) {}

  store(): Promise<Store> {
    // One process keeps the database open once.
    this.#store ??= this.#engine === undefined ? openStore() : this.#engine.then((engine) => engine.store);
    return this.#store;
  }

  async hasState(): Promise<boolean> {
    if (this.#store !== undefined || this.#engine !== undefined) return true;
    const [{ hasState }, { stateDirectory }] = await Promise.all([
      import("../config/recover.ts"),
      import("../config/paths.ts"),
    ]);
    return permitted(stateDirectory(), () => hasState(stateDirectory()));
  }

  async existingStore(): Promise<Store | null> {
    return await this.hasState() ? await this.store() : null;
  }

  engine(): Promise<Engine> {
    this.#engine ??= this.#openEngine();
    return this.#engine;
  }

  async #openEngine(): Promise<Engine> {
    const { openEngine } = await import("../engine/mod.ts");
    return await openEngine(await this.#engineOptions());
  }

  async boot(): Promise<Boot> {
    const { boot } = await import("../engine/mod.ts");
    return await boot(await this.#engineOptions());
  }

  async strangeRules(): Promise<{ readonly version: number | null } | null> {
    try {
      return await (await import("../engine/totals.ts")).readHeld();
    } catch {
      return null;
    }
  }

  async #engineOptions(): Promise<EngineOptions> {
    const { etcDirectory, runDirectory, stateDirectory } = await import("../config/paths.ts");
    return {
      stateDir: stateDirectory(),
      runDir: runDirectory(),
      etcDir: etcDirectory(),
      user: this.user,
      session: this.sshAddress(),
    };
  }

  async isNew(): Promise<boolean> {
    const store = await this.existingStore();
    return store === null || (store.head() === null && store.candidate(this.user) === null);
  }

  async document(): Promise<Document> {
    const candidate = (await this.existingStore())?.candidate(this.user);
    if (candidate) return candidate.document;
    const applied = await this.applied();
    if (applied !== null) return applied;
    return (await import("../features/empty.ts")).EMPTY;
  }

  async applied(): Promise<Document | null> {
    const store = await this.existingStore();
    const head = store?.head() ?? null;
    return store === null || head === null ? null : store.document(head.number);
  }

  async edit(change: (document: Document) => Document): Promise<Document> {
    const { editCandidate, edited } = await import("../engine/edit.ts");
    // What cannot be edited leaves no store behind where there was none.
    if (!await this.hasState()) edited(await this.document(), change);
    return editCandidate(await this.store(), this.user, change);
  }

  async check(document: Document): Promise<readonly Finding[]> {
    const { check } = await import("../features/mod.ts");
    return check(document);
  }

  async written(document: Document): Promise<Record<string, unknown>> {
    const { toWritten } = await import("../config/written.ts");
    return toWritten(document);
  }

  async counters(): Promise<ReadonlyMap<string, Reading> | null> {
    if (!await this.hasState()) return null;
    try {
      const [store, { isUnfinished, readTotals }] = await Promise.all([this.store(), import("../engine/totals.ts")]);
      if (isUnfinished(store)) return await (await this.engine()).observedCounters();
      return await readTotals(store);
    } catch {
      // Reading the kernel's counters takes root; a list without them is still a list.
      return null;
    }
  }

  async routes(): Promise<readonly KernelRoute[]> {
    const { readRoutes } = await import("../features/routes/status.ts");
    return await readRoutes();
  }

  async devices(): Promise<readonly Device[]> {
    const { readDevices } = await import("../features/interfaces/status.ts");
    return await readDevices();
  }

  hostname(): string {
    return Deno.hostname();
  }

  sshAddress(): ReturnType<Session["sshAddress"]> {
    return sshAddress();
  }

  async versions(): Promise<readonly number[]> {
    return (await this.existingStore())?.history(100).map((version) => version.number) ?? [];
  }

  async users(): Promise<readonly { readonly name: string; readonly role: string }[]> {
    const store = await this.existingStore();
    return store === null ? [] : (await import("../config/people/users.ts")).users(store);
  }

  async temporaryFile(prefix: string, suffix: string): Promise<string> {
    const { stateDirectory } = await import("../config/paths.ts");
    const dir = stateDirectory();
    try {
      await Deno.mkdir(dir, { recursive: true, mode: 0o700 });
      return await Deno.makeTempFile({ dir, prefix, suffix });
    } catch (error) {
      throw (await import("../config/failure.ts")).failure(dir, error);
    }
  }

  async close(): Promise<void> {
    const [engine, store] = await Promise.allSettled([this.#engine, this.#store]);
    const open = engine.status === "fulfilled" ? engine.value : undefined;
    const own = store.status === "fulfilled" && store.value !== open?.store ? store.value : undefined;
    open?.close();
    own?.close();
  }
}

async function openStore(): Promise<Store> {
  const [{ Store }, { stateDirectory }] = await Promise.all([
    import("../config/store.ts"),
    import("../config/paths.ts"),
  ]);
  return permitted(stateDirectory(), () => Store.open(stateDirectory()));
}

/** Says whose state it is where this user may not read it, and what is left to do. */
function permitted<T>(directory: string, open: () => T): T {
  try {
    return open();
  } catch (error) {
    if (!(error instanceof PatronusError && error.code === "permission")) {
      if (!isSystemError(error)) throw error;
      throw systemError(
        error,
        `cannot open the state directory ${directory}`,
        "PATRONUS_STATE_DIR has to name a directory that can be written",
      );
    }
    throw new PatronusError("permission", `not permitted to read ${directory}, which holds the configuration`, {
      hint: "run it as root, as sudo patronus …, or point PATRONUS_STATE_DIR at a directory of yours; " +
        "without that there are patronus network list, version and --help",
      cause: error,
    });
  }
}
