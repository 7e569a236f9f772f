import { assertEquals } from "../std/assert.ts";
import { terminal } from "./io.ts";

const stream = (interactive: boolean) => ({ isTerminal: () => interactive });

Deno.test("colours are for terminals that want them", () => {
  const cases: readonly [interactive: boolean, env: Record<string, string>, colour: boolean][] = [
    [true, {}, true],
    [true, { TERM: "xterm-256color" }, true],
    [true, { NO_COLOR: "1" }, false],
    [true, { NO_COLOR: "0" }, false],
    [true, { NO_COLOR: "" }, true],
    [true, { TERM: "dumb" }, false],
    [false, {}, false],
  ];
  for (const [interactive, env, colour] of cases) {
    const made = terminal(stream(interactive), (name) => env[name], () => 80);
    assertEquals([made.colour, made.interactive], [colour, interactive], JSON.stringify(env));
  }
});

Deno.test("a pipe has no width, and a terminal the one it is told or has", () => {
  const none = () => {
    throw new Error("no terminal");
  };
  const cases: readonly [interactive: boolean, told: string | undefined, size: () => number, width: number][] = [
    [false, "60", () => 120, Infinity],
    [true, undefined, () => 120, 120],
    [true, "60", () => 120, 60],
    [true, "wide", () => 120, 120],
    [true, "0", () => 120, 120],
    [true, undefined, () => 0, 80],
    [true, undefined, none, 80],
  ];
  for (const [interactive, told, size, width] of cases) {
    assertEquals(terminal(stream(interactive), (name) => name === "COLUMNS" ? told : undefined, size).width, width);
  }
});
