/** A desk that works in this process, under the lock that keeps one writer at a time. */
import type { Store, Version } from "../config/store.ts";
import type { Engine } from "../engine/mod.ts";
import type { Boot } from "../engine/plan.ts";
import type { Document } from "../features/document.ts";
import type { Device, KernelRoute, Reading, Session } from "../features/session.ts";
import type { Finding } from "../model/error.ts";
import { sshAddress, userName } from "./caller.ts";
import { type Desk, noVersion } from "./desk.ts";
import type { Io } from "./io.ts";
import { bootHere, engineOptions, hasStateHere, openStoreHere, strangeRulesHere, temporaryFile } from "./machine.ts";

export class LocalDesk implements Desk {
  readonly user = userName();
  #store: Promise<Store> | undefined;
  #engine: Promise<Engine> | undefined;

  constructor(readonly io: Io) {}

  store(): Promise<Store> {
    // One process keeps the database open once.
    this.#store ??= this.#engine === undefined ? openStoreHere() : this.#engine.then((engine) => engine.store);
    return this.#store;
  }

  async hasState(): Promise<boolean> {
    if (this.#store !== undefined || this.#engine !== undefined) return true;
    return await hasStateHere();
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
    return await openEngine(await engineOptions());
  }

  boot(): Promise<Boot> {
    return bootHere();
  }

  strangeRules(): Promise<{ readonly version: number | null } | null> {
    return strangeRulesHere();
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
      const [store, { isUnfinished, readTotals }] = await Promise.all([
        this.store(),
        import("../engine/totals.ts"),
      ]);
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

  async history(limit: number): Promise<readonly Version[]> {
    return (await this.existingStore())?.history(limit) ?? [];
  }

  async documentOf(number: number): Promise<Document> {
    const store = await this.existingStore();
    if (store === null) throw noVersion();
    return store.document(number);
  }

  async hasEdits(): Promise<boolean> {
    return (await this.existingStore())?.candidate(this.user) != null;
  }

  async users(): Promise<readonly { readonly name: string; readonly role: string }[]> {
    const store = await this.existingStore();
    return store === null ? [] : (await import("../config/people/users.ts")).users(store);
  }

  temporaryFile(prefix: string, suffix: string): Promise<string> {
    return temporaryFile(prefix, suffix);
  }

  async close(): Promise<void> {
    const [engine, store] = await Promise.allSettled([this.#engine, this.#store]);
    const open = engine.status === "fulfilled" ? engine.value : undefined;
    const own = store.status === "fulfilled" && store.value !== open?.store ? store.value : undefined;
    open?.close();
    own?.close();
  }
}
