/**
 * The daemon's two sockets. A path that a killed daemon left is taken over: whoever holds the daemon's lock owns it.
 * Deno makes sockets that everybody may open, so the mask is narrowed before, and only then is access widened.
 */
import { PatronusError } from "../model/error.ts";
import { systemError } from "../model/system_error.ts";
import type { Handler } from "./app.ts";

/** The unprivileged web process is of this group. */
const GROUP = "patronus";
/** sizeof(sun_path) of struct sockaddr_un (linux/un.h), with its final zero byte. */
const LONGEST_PATH = 107;

export interface Served {
  /** Takes no more requests, and lets those end that have begun, for a while. */
  close(): Promise<void>;
}

/** Milliseconds that requests get to end: somebody may never send the rest of one. */
const GRACE = 2000;

/** Serves a handler on a socket that only its owner may open; `group` members as well where it is said and there is one. */
export function serveSocket(path: string, handler: Handler, access: "owner" | "group"): Served {
  if (new TextEncoder().encode(path).length > LONGEST_PATH) {
    throw new PatronusError("failed", `the path of the socket ${path} is too long`, {
      hint: `set PATRONUS_RUN_DIR to a shorter one: a socket's path has at most ${LONGEST_PATH} bytes`,
    });
  }
  remove(path);
  const mask = Deno.umask(0o177);
  let server: Deno.HttpServer;
  try {
    server = Deno.serve({ path, onListen: () => {} }, handler);
  } catch (error) {
    throw systemError(error, `cannot listen on ${path}`, "set PATRONUS_RUN_DIR to a directory that can be written");
  } finally {
    Deno.umask(mask);
  }
  const gid = access === "group" ? groupId(GROUP) : null;
  if (gid !== null) {
    Deno.chownSync(path, 0, gid);
    Deno.chmodSync(path, 0o660);
  }
  return {
    async close() {
      let timer: ReturnType<typeof setTimeout> | undefined;
      const late = new Promise<void>((resolve) => timer = setTimeout(resolve, GRACE));
      await Promise.race([server.shutdown(), late]);
      clearTimeout(timer);
      server.unref();
      remove(path);
    },
  };
}

function remove(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw systemError(error, `cannot remove the old socket ${path}`);
  }
}

/** Number of a group (group(5)); null where there is none of that name. */
function groupId(name: string): number | null {
  try {
    const line = Deno.readTextFileSync("/etc/group").split("\n").find((line) => line.startsWith(`${name}:`));
    const id = Number(line?.split(":")[2]);
    return line === undefined || !Number.isInteger(id) ? null : id;
  } catch {
    return null;
  }
}
