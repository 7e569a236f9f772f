/** Whether a daemon runs, as far as this user can tell: cheap, for every command line asks first. */
import { adminSocket } from "./places.ts";

/** Whether somebody listens on admin.sock, and this user may speak to them. */
export async function daemonAnswers(runDir: string): Promise<boolean> {
  try {
    (await Deno.connect({ transport: "unix", path: adminSocket(runDir) })).close();
    return true;
  } catch {
    return false;
  }
}
