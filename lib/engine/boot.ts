/**
 * Bringing the machine up: the newest confirmed version; where the store cannot be read, the last good copy beside it;
 * where that is gone too, the rescue ruleset; and where nothing is left, closed.
 *
 * A boot script that calls this says that the machine is to be protected. So a machine without any store comes up closed:
 * its disk may not be mounted, and nothing else could tell. Only where there is a store, in which no version was ever
 * confirmed, is the machine left alone: whoever tries Patronus for the first time and loses the way in gets it back by a
 * reboot.
 */
import { readLastGood } from "../config/last_good.ts";
import { hasState } from "../config/recover.ts";
import { PatronusError } from "../model/error.ts";
import { bringUp } from "./bring_up.ts";
import { Busy } from "./lock.ts";
import { type EngineOptions, openEngine } from "./mod.ts";
import { isForbidden } from "./nftables.ts";
import type { Boot } from "./plan.ts";
import { CLOSED, readRescue, rescueDocument } from "./rescue.ts";
import { UNVERSIONED } from "./stamp.ts";

/**
 * Ends unfinished changes first; a version that waits for its confirmation is undone. Throws `conflict` where another
 * process makes a change, whose rules are then the kernel's, and otherwise only where the kernel takes no ruleset at all.
 */
export async function boot(options: EngineOptions): Promise<Boot> {
  const { stateDir } = options;
  const ways: readonly (() => Promise<Boot>)[] = [
    async () => {
      if (!hasState(stateDir)) throw new Error(`there is no store in ${stateDir}`);
      const engine = await openEngine(options);
      try {
        const booted = await engine.boot();
        // Each confirmation writes the rescue rules: a store without any is not the one that there was.
        if (booted.source === "none" && readRescue(stateDir) !== null) {
          throw new Error(`no version in ${stateDir} is confirmed, but its rescue rules show that one was`);
        }
        return booted;
      } finally {
        engine.close();
      }
    },
    async () => {
      const copy = await readLastGood(stateDir);
      if (copy === null) throw new Error("there is no last good copy");
      const problems = await bringUp(() => copy.document, copy);
      return { source: "last-good", version: copy.version, recovered: [], problems };
    },
    async () => {
      const rescue = readRescue(stateDir);
      if (rescue === null) throw new Error("there are no rescue rules");
      const problems = await bringUp(() => rescueDocument(rescue), UNVERSIONED);
      return { source: "rescue", version: null, recovered: [], problems };
    },
    async () => {
      const problems = await bringUp(() => rescueDocument(CLOSED), UNVERSIONED);
      return { source: "closed", version: null, recovered: [], problems };
    },
  ];
  const reasons: unknown[] = [];
  for (const way of ways) {
    try {
      const booted = await way();
      return reasons.length === 0 ? booted : { ...booted, reason: reasons.map(words).join("; then ") };
    } catch (error) {
      if (error instanceof Busy) throw error;
      reasons.push(error);
    }
  }
  const last = reasons.at(-1);
  const permission = isForbidden(last) || (last instanceof PatronusError && last.code === "permission");
  throw new PatronusError(
    permission ? "permission" : "failed",
    `no ruleset could be loaded: ${reasons.map(words).join("; then ")}`,
    permission ? { hint: "run it as root, as sudo patronus …" } : {},
  );
}

function words(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
