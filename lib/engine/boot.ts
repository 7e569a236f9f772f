/**
 * Bringing the machine up: the newest confirmed version; where the store cannot be read, the last good copy beside it;
 * where that is gone too, the rescue ruleset; and where nothing is left, closed.
 */
import { readLastGood } from "../config/last_good.ts";
import { PatronusError } from "../model/error.ts";
import { bringUp } from "./bring_up.ts";
import { type EngineOptions, openEngine } from "./mod.ts";
import type { Boot } from "./plan.ts";
import { CLOSED, readRescue, rescueDocument } from "./rescue.ts";
import type { Stamp } from "./stamp.ts";

/** The stamp of a ruleset that is no version. */
const UNVERSIONED: Stamp = { version: 0, digest: "0" };

/**
 * Ends unfinished changes first. Throws `conflict` where a change is being made or waits for its confirmation, and
 * otherwise only where the kernel takes no ruleset at all.
 */
export async function boot(options: EngineOptions): Promise<Boot> {
  const ways: readonly (() => Promise<Boot>)[] = [
    async () => {
      const engine = await openEngine(options);
      try {
        return await engine.boot();
      } finally {
        engine.close();
      }
    },
    async () => {
      const copy = await readLastGood(options.stateDir);
      if (copy === null) throw new Error("there is no last good copy");
      await bringUp(() => copy.document, copy);
      return { source: "last-good", version: copy.version };
    },
    async () => {
      const rescue = readRescue(options.stateDir);
      if (rescue === null) throw new Error("there is no rescue ruleset");
      await bringUp(() => rescueDocument(rescue), UNVERSIONED);
      return { source: "rescue", version: null };
    },
    async () => {
      await bringUp(() => rescueDocument(CLOSED), UNVERSIONED);
      return { source: "closed", version: null };
    },
  ];
  const reasons: unknown[] = [];
  for (const way of ways) {
    try {
      const booted = await way();
      return reasons.length === 0 ? booted : { ...booted, reason: reasons.map(words).join("; then ") };
    } catch (error) {
      if (error instanceof PatronusError && (error.code === "conflict" || error.code === "permission")) throw error;
      reasons.push(error);
    }
  }
  throw new PatronusError("failed", `no ruleset could be loaded: ${reasons.map(words).join("; then ")}`);
}

function words(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
