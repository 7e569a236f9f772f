import { assertEquals, assertThrows } from "../std/assert.ts";
import { makePrivate, NotPrivate } from "./private.ts";

/** Modes of a directory and of what is in it. */
type Modes = Readonly<Record<string, number>>;

const CASES: readonly [name: string, before: Modes, after: Modes | RegExp][] = [
  ["private", { ".": 0o700, "patronus.db": 0o600 }, { ".": 0o700, "patronus.db": 0o600 }],
  ["readable by all", { ".": 0o755, "patronus.db": 0o644, "last-good.json": 0o640, "rescue.json": 0o604 }, {
    ".": 0o700,
    "patronus.db": 0o600,
    "last-good.json": 0o600,
    "rescue.json": 0o600,
  }],
  ["writable by all and empty", { ".": 0o777 }, { ".": 0o700 }],
  ["private, with open files", { ".": 0o700, "patronus.db-wal": 0o666 }, { ".": 0o700, "patronus.db-wal": 0o600 }],
  ["shared with others", { ".": 0o755, "patronus.db": 0o644, "other": 0o644 }, {
    ".": 0o755,
    "patronus.db": 0o600,
    "other": 0o644,
  }],
  ["shared, and writable by others", { ".": 0o775, "other": 0o644 }, /others may write to the state directory/],
  ["a place for temporary files", { ".": 0o1777 }, /others may write to the state directory/],
];

for (const [name, before, after] of CASES) {
  Deno.test(`a state directory that is ${name}`, () => {
    const directory = Deno.makeTempDirSync();
    const modes = () =>
      Object.fromEntries(
        Object.keys(before).map((name) => [name, (Deno.statSync(`${directory}/${name}`).mode ?? 0) & 0o7777]),
      );
    try {
      for (const [name, mode] of Object.entries(before)) {
        if (name !== ".") Deno.writeTextFileSync(`${directory}/${name}`, "");
        Deno.chmodSync(`${directory}/${name}`, mode);
      }
      if (after instanceof RegExp) {
        const { message } = assertThrows(() => makePrivate(directory), NotPrivate);
        assertEquals([after.test(message), modes()], [true, before]);
      } else {
        makePrivate(directory);
        assertEquals(modes(), after);
      }
    } finally {
      Deno.chmodSync(directory, 0o700);
      Deno.removeSync(directory, { recursive: true });
    }
  });
}

Deno.test("files of the database may go while the directory is looked at", async () => {
  const directory = Deno.makeTempDirSync();
  const churn = 'for i in $(seq 100000); do : > "$0"; rm -f "$0"; done';
  const other = new Deno.Command("sh", { args: ["-c", churn, `${directory}/patronus.db-wal`] }).spawn();
  try {
    for (const end = performance.now() + 500; performance.now() < end;) makePrivate(directory);
  } finally {
    other.kill("SIGKILL");
    await other.status;
    Deno.removeSync(directory, { recursive: true });
  }
});
