/** Programs of other packages. */
import { PatronusError } from "../model/error.ts";

/** Where administrators' programs are, also when PATH leaves it out as for an ordinary user. */
const ALSO = ["/usr/local/sbin", "/usr/sbin", "/sbin"];

/** The path of a program; null where it is not installed. */
export function findProgram(name: string): string | null {
  const directories = (Deno.env.get("PATH") ?? "").split(":").filter((directory) => directory.startsWith("/"));
  for (const directory of [...directories, ...ALSO]) {
    try {
      if (Deno.statSync(`${directory}/${name}`).isFile) return `${directory}/${name}`;
    } catch { /* Not there. */ }
  }
  return null;
}

/** The path of a program; throws a `PatronusError` that names the packages of Debian and Gentoo where it is missing. */
export function requireProgram(name: string, purpose: string, packages: { debian: string; gentoo: string }): string {
  const path = findProgram(name);
  if (path !== null) return path;
  throw new PatronusError("failed", `${purpose} needs ${name}, which is not installed`, {
    hint: `apt-get install ${packages.debian}, or emerge ${packages.gentoo}`,
  });
}
