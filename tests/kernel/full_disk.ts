/**
 * Applies on a disk that has less and less room. Runs in a mount namespace of its own: `unshare --mount deno run …`.
 * Argument: an empty directory. Exits with 0 when every apply either succeeded or failed with a clear error, the kernel was
 * at one version each time, and the next start with room ended the story.
 */
import { openEngine } from "../../lib/engine/mod.ts";
import { PatronusError } from "../../lib/model/error.ts";
import { assert, assertEquals } from "../../lib/std/assert.ts";
import { edit, opening, openPorts, stampedVersion } from "./engine_harness.ts";

const [directory = ""] = Deno.args;
const mounted = new Deno.Command("mount", { args: ["-t", "tmpfs", "-o", "size=4m", "none", directory] }).outputSync();
assert(mounted.success, new TextDecoder().decode(mounted.stderr));
const options = { stateDir: `${directory}/state`, runDir: "/dev/shm", user: "ann" };
const filler = `${directory}/filler`;

/** Fills the disk but for this many bytes. */
function leave(room: number): void {
  const file = Deno.openSync(filler, { create: true, write: true, truncate: true });
  const page = new Uint8Array(4096);
  try {
    while (file.writeSync(page) > 0);
  } catch { /* Full. */ }
  file.truncateSync(Math.max(0, file.statSync().size - room));
  file.close();
}

const run = Deno.makeTempDirSync();
const site = { ...options, runDir: run };
let engine = await openEngine(site);
edit(engine, opening(1000));
await engine.apply();

const outcomes = { done: 0, refused: 0 };
let open = [1000];
for (let room = 0; room <= 40; room++) {
  const wanted = [1001 + room];
  edit(engine, opening(...wanted));
  leave(room * 4096);
  try {
    await engine.apply();
    outcomes.done++;
    open = wanted;
  } catch (error) {
    assert(error instanceof PatronusError, String(error));
    assert(/full|no space/i.test(error.message), error.message);
    outcomes.refused++;
    // In effect or not: one of the two, never between.
    assert([`${open}`, `${wanted}`].includes(`${openPorts()}`), `${openPorts()} at ${room}: ${error.message}`);
  }
  engine.close();
  Deno.removeSync(filler);
  engine = await openEngine(site);
  await engine.recover();
  const head = engine.store.head();
  assert(head !== null && engine.store.intent() === null, `room ${room}`);
  assertEquals([(await engine.status()).kernel.state, stampedVersion()], ["in-sync", head.number], `room ${room}`);
  open = openPorts();
  const kept = engine.store.candidate("ann")?.document.firewall.rules.map(({ id }) => id);
  assert(`${open}` === `${wanted}` || kept?.includes(`port-${wanted}`), `the edits of room ${room} are lost`);
  if (kept !== undefined) engine.discard();
}
engine.close();
Deno.removeSync(run, { recursive: true });
console.log(JSON.stringify(outcomes));
