/** Who calls: on each socket somebody else says so. */
import type { Caller } from "../engine/service/protocol.ts";
import type { CallerSession } from "../engine/session.ts";
import { SESSION_HEADER, USER_HEADER } from "./places.ts";

/** Finds out who calls; null is nobody, who gets 401. */
export type Authenticate = (request: Request) => Promise<Caller | null>;

/** What a user's name may be: visible characters, twice as many as login names have (useradd(8)). */
const NAME = /^[^\p{C}\s]{1,64}$/u;

/** On admin.sock: only root can open it, and says on whose behalf it works. */
export const localRoot: Authenticate = (request) => {
  const claim = decoded(request.headers.get(USER_HEADER) ?? "root");
  if (claim === null || !NAME.test(claim)) return Promise.resolve(null);
  const label = claim === "root" ? "root" : `root (claims ${claim})`;
  return Promise.resolve({ user: claim, label, role: "admin", session: sessionOf(request) });
};

/** On api.sock as long as nobody can log in. */
export const nobody: Authenticate = () => Promise.resolve(null);

/** A header's text, percent-encoded as headers take no others; null where it is not so. */
function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

/** Client address and port, server address and port, as `SSH_CONNECTION` has them (sshd(8)). */
function sessionOf(request: Request): CallerSession | null {
  const words = request.headers.get(SESSION_HEADER)?.split(" ") ?? [];
  const [from, fromPort, to, port] = words;
  if (from === undefined || to === undefined || !/^\d{1,5}$/.test(fromPort ?? "") || !/^\d{1,5}$/.test(port ?? "")) {
    return null;
  }
  return { from, fromPort: Number(fromPort), to, port: Number(port) };
}
