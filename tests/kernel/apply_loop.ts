/** Edits and applies in turns until it is killed. Arguments: STATE_DIR RUN_DIR. Prints a line when it begins. */
import { openEngine } from "../../lib/engine/mod.ts";
import { edit, opening } from "./engine_harness.ts";

const [stateDir = "", runDir = ""] = Deno.args;
const engine = await openEngine({ stateDir, runDir, user: "ann" });
Deno.stdout.writeSync(new TextEncoder().encode("begun\n"));
for (let round = 0; round < 1000; round++) {
  const number = engine.store.head()?.number ?? 0;
  edit(engine, opening(1000 + (number % 7), 2000 + number % 5, 3000));
  await engine.apply();
}
