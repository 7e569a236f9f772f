/** Runs test files in a guest, as `deno test` in a private network each. One guest serves them all until one spoils it. */
import { Guest } from "./guest.ts";
import { PROJECT } from "./image.ts";
import type { Packages } from "./packages.ts";

export interface Result {
  readonly file: string;
  readonly success: boolean;
  /** What `deno test` printed, and where it failed what the guest's kernel said meanwhile. */
  readonly output: string;
}

export interface Options {
  /** After how many seconds in one file the guest counts as hanging. */
  readonly seconds: number;
  /** Is passed each line of output as it comes. */
  readonly show: (line: string) => void;
}

/**
 * The command for one file. It has the namespaces of network, mounts and processes to itself, and all that it started
 * ends with it. The shell is there because the first process of a namespace must wait for the orphans in it.
 */
function command(file: string): string {
  const test = `deno test --allow-all --quiet --no-check --cached-only ${file}`;
  const inside = `mount -t sysfs sysfs /sys; cd ${PROJECT}; ${test}; exit $?`;
  return `unshare --net --pid --fork --kill-child --mount-proc sh -c '${inside}'`;
}

/** Runs the files one after another, and gives what became of each. */
export async function* testInGuests(
  packages: Packages,
  image: string,
  files: readonly string[],
  { seconds, show }: Options,
): AsyncGenerator<Result> {
  let guest: Guest | undefined;
  try {
    for (const [index, file] of files.entries()) {
      try {
        guest ??= await Guest.start(packages, image);
      } catch (error) {
        // No guest will come up for the files after this one either.
        const output = (error as Error).message;
        show(output);
        for (const file of files.slice(index)) yield { file, success: false, output };
        return;
      }
      show(`\n# ${file}`);
      const { status, output, console } = await guest.run(command(file), seconds, show);
      if (status === null) {
        await guest.end();
        guest = undefined;
      }
      const remark = status === 0 ? "" : failure(file, status, seconds, console);
      if (remark !== "") show(remark);
      yield { file, success: status === 0, output: output + remark };
    }
  } finally {
    await guest?.end();
  }
}

function failure(file: string, status: number | null, seconds: number, console: string): string {
  const said = console.trim() === "" ? "The guest's console said nothing." : `The guest's console said:\n${console}`;
  return status === null ? `${file}: the guest died or was ended after ${seconds} s without an end. ${said}` : said;
}
