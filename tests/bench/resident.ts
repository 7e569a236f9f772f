/** The process whose memory is measured: opens the engine on a place, changes one rule's port, and prints megabytes as JSON. */
import { openEngine } from "../../lib/engine/mod.ts";
import type { Place } from "./program.ts";
import { withPort } from "./change.ts";
import { edit } from "./site.ts";

const [place = "", port = ""] = Deno.args;
const engine = await openEngine(JSON.parse(place) as Place);
const head = engine.store.head();
if (head === null) throw new Error("the store is empty");
edit(engine, withPort(engine.store.document(head.number), 5, Number(port)));
await engine.plan();
const planned = residentMegabytes();
await engine.apply();
const applied = residentMegabytes();
engine.close();
console.log(JSON.stringify({ planned, applied }));

/** proc(5): VmRSS of status is in KiB. */
function residentMegabytes(): number {
  const [, kib] = /^VmRSS:\s+(\d+) kB$/m.exec(Deno.readTextFileSync("/proc/self/status")) ?? [];
  return Number(kib) / 1024;
}
