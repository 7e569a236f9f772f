/** Who calls: on each socket somebody else says so. */
import type { Caller } from "../engine/service/protocol.ts";
import type { CallerSession } from "../engine/session.ts";

/** Finds out who calls; null is nobody, who gets 401. */
export type Authenticate = (request: Request) => Promise<Caller | null>;

/** Headers with which the local root says who it is and where it sits. */
export const USER_HEADER = "patronus-user";
export const SESSION_HEADER = "patronus-session";

/** What a user's name may be: visible, and no longer than login names are (useradd(8)). */
const NAME = /^[A-Za-z0-9_.@-]{1,64}$/;

/** On admin.sock: only root can open it, and says on whose behalf it works. */
export const localRoot: Authenticate = (request) => {
  const claim = request.headers.get(USER_HEADER) ?? "root";
  if (!NAME.test(claim)) return Promise.resolve(null);
  const label = claim === "root" ? "root" : `root (claims ${claim})`;
  return Promise.resolve({ user: claim, label, role: "admin", session: sessionOf(request) });
};

/** On api.sock as long as there are no users: nobody. */
export const nobody: Authenticate = () => Promise.resolve(null);

/** Client address and port, server address and port, as `SSH_CONNECTION` has them (sshd(8)). */
function sessionOf(request: Request): CallerSession | null {
  const words = request.headers.get(SESSION_HEADER)?.split(" ") ?? [];
  const [from, fromPort, to, port] = words;
  if (from === undefined || to === undefined || !/^\d{1,5}$/.test(fromPort ?? "") || !/^\d{1,5}$/.test(port ?? "")) {
    return null;
  }
  return { from, fromPort: Number(fromPort), to, port: Number(port) };
}
