/** The files of a guest: one archive that the kernel unpacks into memory before it starts anything. */
import { findProgram } from "../../../lib/services/program.ts";
import { cache, mergedRoot, output, type Packages } from "./packages.ts";

/** Where the project is in the guest. */
export const PROJECT = "/patronus";

/** Where the guest's Deno finds the npm packages. */
const DENO_CACHE = "/var/cache/deno";

/** The kernel's modules that a router can need. Each is loaded when something first asks for it. */
const MODULES = ["arch", "crypto", "drivers/net", "lib", "net"];

/** Files in which programs look up the numbers of protocols, services and routing tables. */
const TABLES = ["/etc/protocols", "/etc/services", "/etc/iproute2"];

/** What every guest needs: busybox stands in for all else that tests do not ask for by name. */
const PROGRAMS = ["sh", "unshare"];

const SOURCES = ["deno.json", "deno.lock", "main.ts", "lib", "tests"];

/** Copies files and folders, which `from` may be left off of, to the same place below `to`. */
async function copy(paths: readonly string[], to: string, from = "/"): Promise<void> {
  await Deno.mkdir(to, { recursive: true });
  await output(["cp", "--recursive", "--dereference", "--parents", ...paths, to], from);
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

/** The shared libraries that programs are linked with. */
async function libraries(programs: readonly string[]): Promise<string[]> {
  const linked = await output(["ldd", ...programs]);
  return [...new Set([...linked.matchAll(/(\/\S+) \(0x/g)].map(([, path = ""]) => path))];
}

/**
 * Writes the archive, about 150 MB: busybox, the modules, Deno, the project with its npm packages, and this machine's
 * own programs of the names given.
 * @returns Its path, a temporary file.
 */
export async function writeImage(packages: Packages, programs: readonly string[]): Promise<string> {
  const root = await Deno.makeTempDir({ prefix: "guest-" });
  try {
    await Deno.chmod(root, 0o755);
    await mergedRoot(root);
    for (const name of ["dev", "proc", "root", "run/netns", "sys", "tmp", "var/tmp"]) {
      await Deno.mkdir(`${root}/${name}`, { recursive: true });
    }
    await Deno.copyFile(new URL("init.sh", import.meta.url), `${root}/init`);
    await Deno.chmod(`${root}/init`, 0o755);
    await copy(["usr/bin/busybox"], root, packages.root);
    await Deno.symlink("../bin/busybox", `${root}/usr/sbin/modprobe`);

    const modules = `lib/modules/${packages.kernel}`;
    const kinds = MODULES.map((kind) => `${modules}/kernel/${kind}`);
    const lists = ["modules.builtin", "modules.order"].map((name) => `${modules}/${name}`);
    await copy([...kinds, ...lists], root, packages.root);
    await output([`${root}/bin/busybox`, "depmod", "-b", root, packages.kernel]);

    const found = new Map([["deno", Deno.execPath()]]);
    for (const program of [...PROGRAMS, ...programs]) {
      const place = findProgram(program);
      if (place === null) throw new Error(`${program} is to be in the guest, and is not on this machine`);
      found.set(program, place);
    }
    for (const [name, place] of found) await Deno.copyFile(place, `${root}/usr/bin/${name}`);
    await copy(await libraries([...found.values()]), root);
    const tables: string[] = [];
    for (const table of TABLES) if (await exists(table)) tables.push(table);
    if (tables.length > 0) await copy(tables, root);

    await copy(SOURCES, `${root}${PROJECT}`, Deno.cwd());
    const install = new Deno.Command(Deno.execPath(), {
      args: ["install", "--frozen", "--quiet"],
      env: { DENO_DIR: `${cache()}/deno` },
      stdout: "inherit",
      stderr: "inherit",
    });
    if (!(await install.output()).success) throw new Error("the guest's npm packages could not be fetched");
    await copy(["npm"], `${root}${DENO_CACHE}`, `${cache()}/deno`);

    const image = await Deno.makeTempFile({ prefix: "guest-", suffix: ".cpio" });
    const pack = 'find . | bin/busybox cpio -o -H newc -R 0:0 >"$0"';
    await output(["sh", "-c", pack, image], root);
    return image;
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}
