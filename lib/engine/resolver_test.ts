import { assertEquals } from "../std/assert.ts";
import { ResolverDriver } from "./resolver.ts";

const NETWORK = { links: [], gone: [], routes: [] };

Deno.test("resolv.conf is written, undone, and given back what it was, a link too", async () => {
  const directory = Deno.makeTempDirSync();
  const path = `${directory}/resolv.conf`;
  const driver = new ResolverDriver({ stateDir: directory, runDir: directory, etcDir: directory });
  const named = { network: NETWORK, resolver: { servers: ["192.0.2.53", "2001:db8::53"], search: ["example.net"] } };
  const silent = { network: NETWORK, resolver: { servers: [], search: [] } };
  try {
    Deno.symlinkSync("elsewhere", path);
    assertEquals(await driver.plan(silent), null, "what nobody names is left alone");
    const step = await driver.plan(named);
    assertEquals(step?.changes, [{
      action: "change",
      subject: `file ${path}`,
      before: "link to elsewhere",
      after: "nameserver 192.0.2.53, nameserver 2001:db8::53, search example.net",
    }]);
    await driver.apply(step?.redo);
    assertEquals(Deno.readTextFileSync(path).split("\n").slice(1), [
      "nameserver 192.0.2.53",
      "nameserver 2001:db8::53",
      "search example.net",
      "",
    ]);
    assertEquals(await driver.plan(named), null);
    assertEquals(await driver.verify(named), []);
    await driver.undo(step?.undo);
    assertEquals(Deno.readLinkSync(path), "elsewhere");
    await driver.apply(step?.redo);
    const back = await driver.plan(silent);
    await driver.apply(back?.redo);
    assertEquals(Deno.readLinkSync(path), "elsewhere");
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
});
