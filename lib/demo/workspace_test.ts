import { assertEquals } from "../std/assert.ts";
import { makeWorkspace, removeWorkspace, sweepWorkspaces } from "./workspace.ts";

/** Runs with a directory of its own; TMPDIR would be that of all tests that run at the same time. */
function withTemporary(test: (directory: string) => void): void {
  const directory = Deno.makeTempDirSync();
  try {
    test(directory);
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
}

function make(directory: string, name: string, owner?: string): string {
  const path = `${directory}/${name}`;
  Deno.mkdirSync(`${path}/bin`, { recursive: true });
  if (owner !== undefined) Deno.writeTextFileSync(`${path}/owner`, owner);
  return path;
}

Deno.test("what a dead demo left is swept away, what a living one has stays", () =>
  withTemporary((directory) => {
    const own = makeWorkspace(directory);
    const dead = make(directory, "patronus-demo-dead", "4194304 1\n");
    // The id has come again: this process is alive, but did not start with the machine.
    const reborn = make(directory, "patronus-demo-reborn", `${Deno.pid} 1\n`);
    const unnamed = make(directory, "patronus-demo-unnamed");
    Deno.utimeSync(unnamed, 1, 1);
    const young = make(directory, "patronus-demo-young");
    const other = make(directory, "somebody-elses", "4194304 1\n");
    assertEquals(sweepWorkspaces(directory).sort(), [dead, reborn, unnamed].sort());
    const left = [...Deno.readDirSync(directory)].map(({ name }) => `${directory}/${name}`).sort();
    assertEquals(left, [own, young, other].sort());
    removeWorkspace(own);
    removeWorkspace(own);
    assertEquals(sweepWorkspaces(directory), []);
  }));

Deno.test("a link is not followed", () =>
  withTemporary((directory) => {
    const target = make(directory, "precious", "4194304 1\n");
    Deno.symlinkSync(target, `${directory}/patronus-demo-link`);
    assertEquals(sweepWorkspaces(directory), []);
    assertEquals(Deno.statSync(target).isDirectory, true);
  }));
