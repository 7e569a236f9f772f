/** Small programs of the demo's directory: `patronus` on its router, `lan`, `wan`, `dmz` for its hosts, `try`, a shell. */
import { fileURLToPath } from "node:url";

const MAIN = fileURLToPath(new URL("../../main.ts", import.meta.url));
const TRY = fileURLToPath(new URL("./try.ts", import.meta.url));

/** Programs of one demo, by their paths. */
export interface Scripts {
  /** `enter PID COMMAND…` runs a command in the network namespace of a process. */
  readonly enter: string;
  readonly patronus: string;
  /** An interactive shell on the router. */
  readonly shell: string;
}

/** Names a program for each namespace: it runs its arguments there. */
export type Namespaces = ReadonlyMap<string, number>;

/** Writes `enter`, which everything else goes through. Works from inside the demo, and from outside for whoever owns it. */
export function writeEnter(directory: string): string {
  return write(
    directory,
    "enter",
    `pid=$1; shift
# Root of the user namespace around the demo needs to enter only the network; everybody else becomes that root.
if [ "$(readlink /proc/self/ns/user)" = "$(readlink "/proc/$pid/ns/user")" ]; then
  exec nsenter --target "$pid" --net -- "$@"
fi
exec nsenter --target "$pid" --user --preserve-credentials --net -- "$@"`,
  );
}

/** Writes the other programs. */
export function writeScripts(directory: string, enter: string, namespaces: Namespaces): Scripts {
  for (const [name, pid] of namespaces) {
    write(
      directory,
      name,
      `PATH=${quote(`${directory}/bin`)}:$PATH\nexport PATH\nexec ${quote(enter)} ${pid} "\${@:-${usualShell()}}"`,
    );
  }
  const router = `${quote(enter)} ${namespaces.get("router") ?? 0}`;
  const program = (path: string) =>
    [Deno.execPath(), "run", "--allow-all", "--no-prompt", "--quiet", path].map(quote).join(" ");
  write(directory, "try", `exec ${program(TRY)} "$@"`);
  const patronus = write(
    directory,
    "patronus",
    `export PATRONUS_STATE_DIR=${quote(`${directory}/state`)} PATRONUS_RUN_DIR=${quote(`${directory}/run`)}
export DENO_NO_UPDATE_CHECK=1
# The session that the demo was begun from does not pass through its firewall.
export SSH_CONNECTION=
exec ${router} ${program(MAIN)} "$@"`,
  );
  const rc = write(directory, "rc", startFile(directory), 0o600);
  const interactive = usualShell().endsWith("bash")
    ? `${quote(usualShell())} --rcfile ${quote(rc)} -i`
    : `env ENV=${quote(rc)} ${quote(usualShell())} -i`;
  return { enter, patronus, shell: write(directory, "shell", `exec ${router} ${interactive}`) };
}

function usualShell(): string {
  return ["/bin/bash", "/usr/bin/bash"].find(isFile) ?? "/bin/sh";
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

/** What the shell reads first. */
function startFile(directory: string): string {
  return `if [ -n "$BASH_VERSION" ] && [ -f ~/.bashrc ]; then . ~/.bashrc; fi
PATH=${quote(`${directory}/bin`)}:$PATH
PS1='demo router \\$ '
if [ -n "$BASH_VERSION" ]; then eval "$(patronus completion bash)"; else PS1='demo router $ '; fi`;
}

/** A word that a shell takes as it is. */
function quote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

function write(directory: string, name: string, text: string, mode = 0o700): string {
  const path = `${directory}/bin/${name}`;
  Deno.writeTextFileSync(path, `#!/bin/sh\n${text}\n`, { mode });
  return path;
}
