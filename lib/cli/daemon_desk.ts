/** A desk that works through the daemon. */
import type { Store, Version } from "../config/store.ts";
import type { Actions } from "../engine/mod.ts";
import type { Boot } from "../engine/plan.ts";
import type { Document } from "../features/document.ts";
import type { Device, KernelRoute, Reading, Session } from "../features/session.ts";
import { type Finding, PatronusError } from "../model/error.ts";
import { ApiClient, bodyOf, refuseProblem } from "../web/client.ts";
import { runDirectory } from "../config/paths.ts";
import { sshAddress, userName } from "./caller.ts";
import type { Desk } from "./desk.ts";
import type { Io } from "./io.ts";
import { bootHere, openStoreHere, strangeRulesHere, temporaryFile } from "./machine.ts";

/** Whoever types a command means what is there when it is carried out. */
const ANY = { header: { "if-match": "*" } };
/** The tag of a store in which nothing was ever edited or applied. */
const NEW = '"version-0"';
/** How often an edit is made again because somebody else made one meanwhile. */
const TRIES = 5;

export class DaemonDesk implements Desk {
  readonly user = userName();
  readonly #client = new ApiClient(runDirectory(), { user: this.user, session: sshAddress() });

  #store: Promise<Store> | undefined;

  constructor(readonly io: Io) {}

  get #api() {
    return this.#client.routes;
  }

  engine(): Promise<Actions> {
    const api = this.#api;
    const optional = <K extends string, V>(key: K, value: V | undefined) =>
      (value === undefined ? {} : { [key]: value }) as { [key in K]?: V };
    return Promise.resolve({
      check: () => bodyOf(api.check.$get()) as Promise<readonly Finding[]>,
      plan: () => bodyOf(api.plan.$get()) as Promise<unknown> as ReturnType<Actions["plan"]>,
      apply: ({ message, confirmWithin } = {}) => {
        const json = { ...optional("message", message), ...optional("confirmWithin", confirmWithin) };
        return bodyOf(api.apply.$post({ ...ANY, json })) as ReturnType<Actions["apply"]>;
      },
      confirm: () => bodyOf(api.confirm.$post(ANY)) as Promise<Version>,
      rollback: (number, confirmWithin) => {
        const json = { ...optional("version", number), ...optional("confirmWithin", confirmWithin) };
        return bodyOf(api.rollback.$post({ ...ANY, json })) as ReturnType<Actions["rollback"]>;
      },
      rollbackLockouts: (number) => {
        const query = optional("version", number === undefined ? undefined : String(number));
        return bodyOf(api.rollback.lockouts.$get({ query })) as ReturnType<Actions["rollbackLockouts"]>;
      },
      discard: async () => await refuseProblem(await api.candidate.$delete(ANY)),
      status: () => bodyOf(api.status.$get({ query: { fresh: "true" } })) as ReturnType<Actions["status"]>,
    });
  }

  async hasState(): Promise<boolean> {
    return !await this.isNew();
  }

  async isNew(): Promise<boolean> {
    return await this.#tag() === NEW;
  }

  async hasEdits(): Promise<boolean> {
    return !(await this.#tag()).startsWith('"version-');
  }

  async #tag(): Promise<string> {
    const answer = await this.#api.versions.$get({ query: { limit: "1" } });
    await refuseProblem(answer);
    await answer.body?.cancel();
    return answer.headers.get("etag") ?? "";
  }

  async document(): Promise<Document> {
    return (await this.#candidate()).document;
  }

  async #candidate(): Promise<{ readonly document: Document; readonly tag: string }> {
    const answer = await this.#api.candidate.$get({ query: { form: "normal" } });
    await refuseProblem(answer);
    return { document: await answer.json() as unknown as Document, tag: answer.headers.get("etag") ?? "" };
  }

  async applied(): Promise<Document | null> {
    const [head] = await this.history(1);
    return head === undefined ? null : await this.documentOf(head.number);
  }

  async edit(change: (document: Document) => Document): Promise<Document> {
    for (let tries = 1;; tries++) {
      const { document, tag } = await this.#candidate();
      const after = change(document);
      const header = { "if-match": tag, "content-type": "application/json" };
      // The client would encode a whole document as a form.
      const init = { body: JSON.stringify(after) };
      const answer = await this.#api.candidate.$put({ header, query: { form: "normal" } }, { init });
      if (answer.status === 412 && tries < TRIES) {
        await answer.body?.cancel();
        continue;
      }
      await refuseProblem(answer);
      await answer.body?.cancel();
      return after;
    }
  }

  async history(limit: number): Promise<readonly Version[]> {
    return await bodyOf(this.#api.versions.$get({ query: { limit: String(limit) } })) as readonly Version[];
  }

  async documentOf(number: number): Promise<Document> {
    const param = { number: String(number) };
    const answer = this.#api.versions[":number"].document.$get({ param, query: { form: "normal" } });
    return await bodyOf(answer) as unknown as Document;
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
    if (await this.isNew()) return null;
    try {
      return new Map(Object.entries(await bodyOf(this.#api.counters.$get()) as Record<string, Reading>));
    } catch (error) {
      // A list without counters is still a list.
      if (error instanceof PatronusError) return null;
      throw error;
    }
  }

  async devices(): Promise<readonly Device[]> {
    return await bodyOf(this.#api.devices.$get()) as unknown as readonly Device[];
  }

  async routes(): Promise<readonly KernelRoute[]> {
    return await bodyOf(this.#api["kernel-routes"].$get()) as unknown as readonly KernelRoute[];
  }

  boot(): Promise<Boot> {
    return bootHere();
  }

  strangeRules(): Promise<{ readonly version: number | null } | null> {
    return strangeRulesHere();
  }

  hostname(): string {
    return Deno.hostname();
  }

  sshAddress(): ReturnType<Session["sshAddress"]> {
    return sshAddress();
  }

  store(): Promise<Store> {
    this.#store ??= openStoreHere();
    return this.#store;
  }

  existingStore(): Promise<Store> {
    return this.store();
  }

  async users(): Promise<readonly { readonly name: string; readonly role: string }[]> {
    const store = await this.existingStore();
    return (await import("../config/people/users.ts")).users(store);
  }

  temporaryFile(prefix: string, suffix: string): Promise<string> {
    return temporaryFile(prefix, suffix);
  }

  async close(): Promise<void> {
    this.#client.close();
    const [store] = await Promise.allSettled([this.#store]);
    if (store.status === "fulfilled") store.value?.close();
  }
}
