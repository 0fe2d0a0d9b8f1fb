import type { ApiDependencies } from "../api/create_api.ts";
import { localOnly, type RequestHandler } from "../api/local_only.ts";
import { pageLink } from "../api/page_entry.ts";
import { PageSessions } from "../api/page_sessions.ts";
import { type ControlServer, serveControl } from "./control_server.ts";

/** What the API of a host is served from. */
export interface ServeApiOptions {
  readonly addressFile: string;
  /** What the routes need, except what belongs to the server itself. */
  readonly dependencies: Omit<ApiDependencies, "createPageLink">;
}

/** Serves the control API for as long as the result is not disposed. @throws As {@linkcode serveControl}. */
export async function serveApi({ addressFile, dependencies }: ServeApiOptions): Promise<ControlServer> {
  const sessions = new PageSessions();
  return await serveControl({
    addressFile,
    handler: ({ url, token, pid }) => {
      const port = Number(new URL(url).port);
      const routes = loadRoutes({ ...dependencies, createPageLink: () => pageLink({ port, sessions }) });
      return localOnly({ fetch: async (request) => (await routes).fetch(request) }, {
        port,
        token,
        pid,
        sessions,
      });
    },
  });
}

/** Loads while the engine starts: requests wait for it, the start of the host does not. */
async function loadRoutes(dependencies: ApiDependencies): Promise<RequestHandler> {
  const { createApi } = await import("../api/create_api.ts");
  return createApi(dependencies);
}
