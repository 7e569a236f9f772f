import { PatronusError } from "../model/error.ts";
import { assertEquals, assertThrows } from "../std/assert.ts";
import { writeNew, writeOut } from "./file.ts";

/** Runs `test` in a directory that is gone afterwards. */
async function inDirectory(test: (directory: string) => void | Promise<void>): Promise<void> {
  const directory = Deno.makeTempDirSync();
  try {
    await test(directory);
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
}

Deno.test("a file is written whole, with its mode, and nothing is left beside it", () =>
  inDirectory((directory) => {
    const path = `${directory}/f`;
    writeOut(path, "one", 0o644);
    writeOut(path, "two", 0o600);
    assertEquals(Deno.readTextFileSync(path), "two");
    assertEquals((Deno.statSync(path).mode ?? 0) & 0o777, 0o600);
    assertEquals([...Deno.readDirSync(directory)].map(({ name }) => name), ["f"]);
  }));

Deno.test("a link stays, and the file behind it changes", () =>
  inDirectory((directory) => {
    Deno.writeTextFileSync(`${directory}/real`, "old");
    Deno.symlinkSync("real", `${directory}/link`);
    writeOut(`${directory}/link`, "new", 0o600);
    assertEquals(Deno.readTextFileSync(`${directory}/real`), "new");
    assertEquals(Deno.lstatSync(`${directory}/link`).isSymlink, true);
  }));

Deno.test("a pipe is written into, and stays", () =>
  inDirectory(async (directory) => {
    const pipe = `${directory}/pipe`;
    await new Deno.Command("mkfifo", { args: [pipe] }).output();
    const reader = new Deno.Command("timeout", { args: ["30", "cat", pipe], stdout: "piped" }).spawn();
    writeOut(pipe, "through", 0o600);
    assertEquals(new TextDecoder().decode((await reader.output()).stdout), "through");
    assertEquals(Deno.statSync(pipe).isFifo, true);
  }));

Deno.test("a pipe without a name, as behind /dev/stdout, is written into", () =>
  inDirectory(async (directory) => {
    const module = new URL("./file.ts", import.meta.url).href;
    Deno.symlinkSync("/proc/self/fd/1", `${directory}/stdout`);
    const script = `import { writeNew, writeOut } from ${
      JSON.stringify(module)
    }; writeOut(Deno.args[0], "through", 0o600);`;
    Deno.writeTextFileSync(`${directory}/script.ts`, script);
    const args = ["run", "--quiet", "-A", "--no-config", `${directory}/script.ts`, `${directory}/stdout`];
    const { stdout } = await new Deno.Command(Deno.execPath(), { args }).output();
    assertEquals(new TextDecoder().decode(stdout), "through");
    assertEquals(Deno.lstatSync(`${directory}/stdout`).isSymlink, true);
  }));

Deno.test("what cannot be written is named with the reason", () =>
  inDirectory((directory) => {
    Deno.writeTextFileSync(`${directory}/f`, "");
    Deno.symlinkSync("a", `${directory}/b`);
    Deno.symlinkSync("b", `${directory}/a`);
    const cases: [path: string, reason: string][] = [
      [directory, "it is a directory"],
      [`${directory}/none/f`, "there is no such file or directory"],
      [`${directory}/f/x`, "a part of the path is a file, not a directory"],
      [`${directory}/a`, "its symbolic links lead in a circle"],
      [`${directory}/${"x".repeat(300)}`, "the name is too long"],
    ];
    for (const [path, reason] of cases) {
      const error = assertThrows(() => writeOut(path, "x", 0o600), PatronusError);
      assertEquals(error.message, `cannot write ${path}: ${reason}`);
    }
  }));

Deno.test("a new file is whole, and never takes the place of one that is there", async () => {
  await inDirectory((directory) => {
    const path = `${directory}/archive`;
    writeNew(path, "one\n", 0o600);
    assertEquals([Deno.readTextFileSync(path), (Deno.statSync(path).mode ?? 0) & 0o777], ["one\n", 0o600]);
    assertThrows(() => writeNew(path, "two\n", 0o600), PatronusError, "is there already");
    assertThrows(() => writeNew(`${directory}/none/archive`, "", 0o600), PatronusError, "cannot write");
    assertEquals(Deno.readTextFileSync(path), "one\n");
  });
});
