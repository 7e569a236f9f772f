/** `daemon`: runs until it is told to end. */
import { resolve } from "node:path";
import { etcDirectory, runDirectory, stateDirectory } from "../../config/paths.ts";
import type { Output } from "../../model/command.ts";
import { PatronusError } from "../../model/error.ts";
import { startDaemon } from "../../web/daemon.ts";
import type { Io } from "../io.ts";

export async function daemon(io: Io): Promise<Output> {
  const running = await startDaemon({
    stateDir: resolve(stateDirectory()),
    runDir: resolve(runDirectory()),
    etcDir: resolve(etcDirectory()),
    log: (line) => io.writeError(`${line}\n`),
  });
  const end = () => void running.stop();
  Deno.addSignalListener("SIGTERM", end);
  Deno.addSignalListener("SIGINT", end);
  const well = await running.ended;
  Deno.removeSignalListener("SIGTERM", end);
  Deno.removeSignalListener("SIGINT", end);
  if (!well) throw new PatronusError("failed", "the engine's thread has died", { hint: "start the daemon again" });
  return { blocks: [] };
}
