/** The daemon: the engine in a thread of its own, and the API on two sockets, until it is told to end. */
import { takeDaemonLock } from "../engine/daemon_lock.ts";
import type { Directories, Notice } from "../engine/service/protocol.ts";
import { EngineThread } from "../engine/service/thread.ts";
import { Api, type Door, type Handler } from "./app.ts";
import { type Authenticate, localRoot, nobody } from "./caller.ts";
import { ADMIN_LIMITS, LIMITS } from "./gate.ts";
import { adminSocket, apiSocket } from "./places.ts";
import { type Served, serveSocket } from "./sockets.ts";

export interface DaemonOptions extends Directories {
  /** Who comes by api.sock; nobody where it is left out. */
  readonly authenticate?: Authenticate;
  /** One line of what happens. */
  readonly log: (line: string) => void;
}

export interface Daemon {
  /** Ends when the daemon has, by `stop` or because its engine died: then with false. */
  readonly ended: Promise<boolean>;
  stop(): Promise<void>;
}

/** Throws a `PatronusError` where another daemon runs, or the store, the kernel or a socket cannot be opened. */
export async function startDaemon({ authenticate = nobody, log, ...directories }: DaemonOptions): Promise<Daemon> {
  const { runDir } = directories;
  const lock = await takeDaemonLock(runDir);
  const started = Promise.withResolvers<Api>();
  const sockets: Served[] = [];
  const close = async () => {
    await Promise.all(sockets.map((socket) => socket.close()));
    lock.close();
  };
  try {
    const behind = (door: Door): Handler => async (request) => await (await started.promise).behind(door)(request);
    // Before the engine's thread begins: the mask that sockets are made under is the whole process's. Requests wait for it.
    sockets.push(
      serveSocket(adminSocket(runDir), behind({ authenticate: localRoot, limits: ADMIN_LIMITS }), "owner"),
      serveSocket(apiSocket(runDir), behind({ authenticate, limits: LIMITS }), "group"),
    );
    const engine = await EngineThread.start(directories);
    const { promise: ended, resolve } = Promise.withResolvers<boolean>();
    const api = new Api(engine);
    engine.listen((notice) => logNotice(notice, log), { costly: false });
    // Without its engine it can do nothing; what starts it again finds the place free.
    engine.onDeath = () => void close().finally(() => resolve(false));
    started.resolve(api);
    log(`listening on ${adminSocket(runDir)} and ${apiSocket(runDir)}`);
    let stopping: Promise<void> | undefined;
    const stop = async () => {
      api.close();
      await Promise.all(sockets.map((socket) => socket.close()));
      await engine.stop();
      lock.close();
      resolve(true);
    };
    return { ended, stop: () => stopping ??= stop() };
  } catch (error) {
    started.promise.catch(() => {});
    started.reject(error);
    await close();
    throw error;
  }
}

function logNotice(notice: Notice, log: (line: string) => void): void {
  if (notice.event === "network") log(notice.data.message);
  else if (notice.event === "version") {
    log(
      `version ${notice.data.version ?? "none"} is the newest, ${notice.data.confirmed ?? "none"} the last confirmed`,
    );
  }
}
