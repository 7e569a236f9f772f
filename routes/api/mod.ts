/** All routes of the API, below `/api/v1`. */
import { apiApp } from "./context.ts";
import { candidateRoutes } from "./candidate.ts";
import { changeRoutes } from "./changes.ts";
import { eventRoutes } from "./events.ts";
import { objectRoutes } from "./objects.ts";
import { statusRoutes } from "./status.ts";
import { versionRoutes } from "./versions.ts";

export const apiRoutes = apiApp()
  .route("/", statusRoutes)
  .route("/", changeRoutes)
  .route("/", versionRoutes)
  .route("/", candidateRoutes)
  .route("/", eventRoutes)
  .route("/", objectRoutes());

/** For the typed client (lib/web/client.ts), which knows the routes that are written out one by one. */
export type ApiRoutes = typeof apiRoutes;
