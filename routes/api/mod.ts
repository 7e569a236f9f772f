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

/** For the typed client; the resources of lists and sections have one of their own (lib/web/client.ts). */
export type ApiRoutes = typeof apiRoutes;
