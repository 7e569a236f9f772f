/** What can be asked of the engine thread: each operation with what it takes and gives. */
import { diff, type ObjectChange, printDiff } from "../../config/changes.ts";
import type { Version } from "../../config/store.ts";
import { toWritten } from "../../config/written.ts";
import type { CollectionPath, SingletonPath } from "../../features/collections.ts";
import type { Document } from "../../features/document.ts";
import { EMPTY } from "../../features/empty.ts";
import { readDevices } from "../../features/interfaces/status.ts";
import { readRoutes } from "../../features/routes/status.ts";
import type { Device, KernelRoute, Reading } from "../../features/session.ts";
import type { Finding } from "../../model/error.ts";
import type { Engine } from "../mod.ts";
import type { Applied, Lockout, Plan, Status } from "../plan.ts";
import { type Form, importDocument } from "./import.ts";
import * as objects from "./objects.ts";
import { type Caller, RequestError } from "./protocol.ts";

/** What an operation works on. */
export interface Place {
  /** The caller's. */
  readonly engine: Engine;
  readonly caller: Caller;
  /** Throws where the state is another one than the caller means; edits ask inside their transaction. */
  readonly guard: () => void;
}

export interface DiffAnswer {
  readonly changes: readonly ObjectChange[];
  readonly words: readonly string[];
}

interface Spec<A, R> {
  /** It changes something: the call must say which state it means. */
  readonly writes: boolean;
  readonly run: (place: Place, given: A) => R | Promise<R>;
}

const reads = <A, R>(run: Spec<A, R>["run"]): Spec<A, R> => ({ writes: false, run });
const writes = <A, R>(run: Spec<A, R>["run"]): Spec<A, R> => ({ writes: true, run });
/** For changes of the machine, which have a lock of their own. */
const guarded = <A, R>(run: Spec<A, R>["run"]): Spec<A, R> =>
  writes((place, given) => {
    place.guard();
    return run(place, given);
  });

type Nothing = Record<string, never>;

/** A version by its number, or the newest one, or the caller's candidate. */
export type Which = number | "head" | "candidate";

export interface ApplyArguments {
  readonly message?: string | undefined;
  readonly confirmWithin?: number | undefined;
}

export interface RollbackArguments {
  readonly version?: number | undefined;
  readonly confirmWithin?: number | undefined;
}

export const OPERATIONS = {
  status: reads(({ engine }, _: Nothing): Promise<Status> => engine.status()),
  plan: reads(async ({ engine }, _: Nothing): Promise<Plan> => shown(await engine.plan())),
  check: reads(({ engine }, _: Nothing): readonly Finding[] => engine.check()),
  rollbackLockouts: reads(({ engine }, { version }: RollbackArguments): Promise<readonly Lockout[]> =>
    engine.rollbackLockouts(version)
  ),
  apply: guarded(async ({ engine }, { message, confirmWithin }: ApplyArguments): Promise<Applied> =>
    shown(
      await engine.apply({
        ...(message === undefined ? {} : { message }),
        ...(confirmWithin === undefined ? {} : { confirmWithin }),
      }),
    )
  ),
  confirm: guarded(({ engine }, _: Nothing): Promise<Version> => engine.confirm()),
  rollback: guarded(async ({ engine }, { version, confirmWithin }: RollbackArguments): Promise<Applied> =>
    shown(await engine.rollback(version, confirmWithin))
  ),
  discard: guarded(({ engine }, _: Nothing): null => {
    engine.discard();
    return null;
  }),
  versions: reads(({ engine }, { limit, before }: { limit: number; before?: number | undefined }): readonly Version[] =>
    engine.store.history(before === undefined ? limit : 1_000_000)
      .filter(({ number }) => before === undefined || number < before).slice(0, limit)
  ),
  version: reads(({ engine }, { number }: { number: number }): Version => engine.store.version(number)),
  diff: reads(({ engine, caller }, { from, to }: { from: Which; to: Which }): DiffAnswer => {
    const [before, after] = [chosen(engine, caller, from), chosen(engine, caller, to)];
    const changes = diff(before, after);
    return { changes, words: printDiff(changes, before, after) };
  }),
  /** The written form, or the normal form. */
  document: reads(({ engine, caller }, { which, form }: { which: Which; form: Form }): unknown => {
    const document = chosen(engine, caller, which);
    return form === "normal" ? document : toWritten(document);
  }),
  importDocument: writes(importDocument),
  counters: reads(async ({ engine }, _: Nothing): Promise<Readonly<Record<string, Reading>>> =>
    Object.fromEntries(await engine.observedCounters())
  ),
  devices: reads((_place, _: Nothing): Promise<readonly Device[]> => readDevices()),
  kernelRoutes: reads((_place, _: Nothing): Promise<readonly KernelRoute[]> => readRoutes()),
  list: reads(objects.list),
  get: reads(objects.get),
  create: writes(objects.create),
  patch: writes(objects.patch),
  move: writes(objects.move),
  remove: writes(objects.remove),
  getSettings: reads(objects.getSettings),
  patchSettings: writes(objects.patchSettings),
} as const;

export type Operation = keyof typeof OPERATIONS;
export type OperationArguments<O extends Operation> = Parameters<typeof OPERATIONS[O]["run"]>[1];
export type OperationResult<O extends Operation> = Awaited<ReturnType<typeof OPERATIONS[O]["run"]>>;
export type { CollectionPath, SingletonPath };

/** Without what only the engine can read. */
function shown<T extends Plan | Applied>(result: T): T {
  return { ...result, steps: result.steps.map(({ kind, title, changes }) => ({ kind, title, changes })) };
}

function chosen({ store }: Engine, { user }: Caller, which: Which): Document {
  const head = store.head();
  if (which === "candidate") {
    return store.candidate(user)?.document ?? (head === null ? EMPTY : store.document(head.number));
  }
  if (which === "head") {
    if (head === null) throw new RequestError("missing", "there is no version yet");
    return store.document(head.number);
  }
  return store.document(which);
}
