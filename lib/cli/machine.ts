/** What a command does on this machine itself, whether a daemon runs or not. */
import type { Store } from "../config/store.ts";
import type { EngineOptions } from "../engine/mod.ts";
import type { Boot } from "../engine/plan.ts";
import { PatronusError } from "../model/error.ts";
import { isSystemError, systemError } from "../model/system_error.ts";
import { sshAddress, userName } from "./caller.ts";

export async function engineOptions(): Promise<EngineOptions> {
  const { etcDirectory, runDirectory, stateDirectory } = await import("../config/paths.ts");
  return {
    stateDir: stateDirectory(),
    runDir: runDirectory(),
    etcDir: etcDirectory(),
    user: userName(),
    session: sshAddress(),
  };
}

/** Brings up what was confirmed last: at boot nothing may depend on a daemon. */
export async function bootHere(): Promise<Boot> {
  const { boot } = await import("../engine/mod.ts");
  return await boot(await engineOptions());
}

/** What the kernel holds of Patronus; null where it holds nothing, or may not be read. */
export async function strangeRulesHere(): Promise<{ readonly version: number | null } | null> {
  try {
    return await (await import("../engine/totals.ts")).readHeld();
  } catch {
    return null;
  }
}

/** Makes an empty file in the state directory that this user alone can read. */
export async function temporaryFile(prefix: string, suffix: string): Promise<string> {
  const { stateDirectory } = await import("../config/paths.ts");
  const dir = stateDirectory();
  try {
    await Deno.mkdir(dir, { recursive: true, mode: 0o700 });
    return await Deno.makeTempFile({ dir, prefix, suffix });
  } catch (error) {
    throw (await import("../config/failure.ts")).failure(dir, error);
  }
}

/** Whether there is a store, or what is left of one. */
export async function hasStateHere(): Promise<boolean> {
  const [{ hasState }, { stateDirectory }] = await Promise.all([
    import("../config/recover.ts"),
    import("../config/paths.ts"),
  ]);
  return permitted(stateDirectory(), () => hasState(stateDirectory()));
}

/** Opens the store in this process; SQLite keeps it whole where a daemon has it open too. */
export async function openStoreHere(): Promise<Store> {
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
