import { assertEquals } from "../std/assert.ts";
import { counted } from "./counters.ts";

const count = (chain: string, rule: string, packets: number) => ({ chain, rule, packets, bytes: packets * 60 });

Deno.test("only rules that counted meanwhile are told, each chain by itself", () => {
  const before = [count("forward-rules", "web", 2), count("nat-prerouting", "web", 5), count("forward", "default", 1)];
  const after = [
    count("forward-rules", "web", 3),
    count("nat-prerouting", "web", 5),
    count("forward", "default", 1),
    count("input", "new", 4),
  ];
  assertEquals(counted(before, after), [count("forward-rules", "web", 1), count("input", "new", 4)]);
});
