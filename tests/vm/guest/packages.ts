/**
 * Debian's emulator, kernel and busybox, which a guest is made of. They are unpacked into the user's cache and not
 * installed: that needs no root, and leaves the machine as it is.
 */
import { installed } from "../../tools.ts";

/** Why this machine can run no guest. */
export class Unavailable extends Error {}

export interface Packages {
  /** Where they are unpacked, laid out as the root of a Debian system. */
  readonly root: string;
  /** The kernel's version, as in the names of its files. */
  readonly kernel: string;
}

const EMULATOR = "qemu-system-x86";
/** Depends on the newest kernel of its kind, which lacks most drivers of real hardware and has all of networking. */
const KERNEL = "linux-image-cloud-amd64";
const SHELL = "busybox-static";

/** The folder for what can be fetched again. */
export function cache(): string {
  const home = Deno.env.get("XDG_CACHE_HOME") ?? `${Deno.env.get("HOME") ?? "/root"}/.cache`;
  return `${home}/patronus/vm`;
}

/** Runs a program to its end and gives back what it prints; throws with its complaint where it fails. */
export async function output(command: string[], cwd?: string): Promise<string> {
  const [program = "", ...args] = command;
  const { success, stdout, stderr } = await new Deno.Command(program, { args, cwd, env: { LC_ALL: "C" } }).output();
  if (!success) throw new Error(`${program} ${args.join(" ")}: ${new TextDecoder().decode(stderr).trim()}`);
  return new TextDecoder().decode(stdout);
}

/** The packages to unpack: the emulator with those of its dependencies that this machine lacks, a kernel, a shell. */
async function names(): Promise<string[]> {
  const plan = await output(["apt-get", "--simulate", "--no-install-recommends", "install", EMULATOR]);
  const depends = await output(["apt-cache", "depends", "--important", KERNEL]);
  const kernel = /Depends: (\S+)/.exec(depends)?.[1];
  if (kernel === undefined) throw new Error(`apt-cache knows no kernel that ${KERNEL} depends on`);
  return [...[...plan.matchAll(/^Inst (\S+)/gm)].map(([, name = ""]) => name), kernel, SHELL];
}

/** Unpacks the newest packages that apt-get knows, where they are not unpacked yet. */
async function unpacked(): Promise<string> {
  const wanted = await names();
  const addresses = await output(["apt-get", "download", "--print-uris", ...wanted]);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(addresses)));
  const root = `${cache()}/${digest.slice(0, 8).toHex()}`;
  if (await Deno.stat(root).then(() => true, () => false)) return root;

  console.log(`Fetching ${wanted.length} packages for the guest, from ${EMULATOR} to ${SHELL}.`);
  await Deno.mkdir(cache(), { recursive: true });
  const work = await Deno.makeTempDir({ dir: cache() });
  try {
    await Deno.mkdir(`${work}/packages`);
    await output(["apt-get", "download", "-o", "APT::Sandbox::User=root", ...wanted], `${work}/packages`);
    await mergedRoot(`${work}/root`);
    for await (const { name } of Deno.readDir(`${work}/packages`)) {
      const unpack = 'dpkg-deb --fsys-tarfile "$0" | tar --extract --keep-directory-symlink --directory "$1"';
      await output(["sh", "-c", unpack, `${work}/packages/${name}`, `${work}/root`]);
    }
    await Deno.rename(`${work}/root`, root);
  } finally {
    await Deno.remove(work, { recursive: true });
  }
  return root;
}

/** Makes the root of a system in which /bin, /lib, /lib64 and /sbin are those of /usr. */
export async function mergedRoot(root: string): Promise<void> {
  for (const name of ["bin", "lib", "lib64", "sbin"]) {
    await Deno.mkdir(`${root}/usr/${name}`, { recursive: true });
    await Deno.symlink(`usr/${name}`, `${root}/${name}`);
  }
}

/** Finds or fetches the packages. Throws {@link Unavailable} where that cannot be done. */
export async function providePackages(): Promise<Packages> {
  if (Deno.build.arch !== "x86_64") throw new Unavailable(`the guest is of amd64, and this machine of another kind`);
  if (!installed("apt-get")) throw new Unavailable("the guest is made of Debian packages, and there is no apt-get");
  const root = await unpacked().catch(async (reason) => {
    if (Deno.uid() !== 0) throw reason;
    await output(["apt-get", "update"]);
    return await unpacked();
  }).catch((reason) => {
    throw new Unavailable(`apt-get does not give the guest's packages (does apt-get update help?): ${reason.message}`);
  });
  for await (const { name } of Deno.readDir(`${root}/usr/lib/modules`)) return { root, kernel: name };
  throw new Error(`${root} holds no kernel; remove it, and it is fetched again`);
}
