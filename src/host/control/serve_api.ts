import type { ApiDependencies } from "../../api/create_api.ts";
import type { RequestHandler } from "../../api/local_only.ts";
import type { ApiAddress } from "../../client/api_address.ts";
import type { Log } from "../../logging/log.ts";
import { type ControlServer, serveControl } from "./control_server.ts";

/** What the API of a host is served from. */
export interface ServeApiOptions {
  readonly addressFile: string;
  /** What the routes need, except what belongs to the server itself. */
  readonly dependencies: Omit<ApiDependencies, "createPageLink">;
  /** Called for each request. */
  readonly worked: () => void;
  readonly log: Log;
}

/** Serves the control API for as long as the result is not disposed. @throws As {@linkcode serveControl}. */
export async function serveApi(
  { addressFile, dependencies, worked, log }: ServeApiOptions,
): Promise<ControlServer> {
  return await serveControl({
    addressFile,
    log,
    handler: (address) => {
      const loaded = loadHandler(address, dependencies, worked);
      return { fetch: async (request) => (await loaded).fetch(request) };
    },
  });
}

/** Loads while the engine starts: requests wait for it, the start of the host does not. */
async function loadHandler(
  { url, token, pid }: ApiAddress,
  dependencies: ServeApiOptions["dependencies"],
  worked: () => void,
): Promise<RequestHandler> {
  const [{ createApi }, { localOnly }, { pageLink }, { PageSessions }] = await Promise.all([
    import("../../api/create_api.ts"),
    import("../../api/local_only.ts"),
    import("../../api/page_entry.ts"),
    import("../../api/page_sessions.ts"),
  ]);
  const sessions = new PageSessions();
  const port = Number(new URL(url).port);
  const routes = createApi({ ...dependencies, createPageLink: () => pageLink({ port, sessions }) });
  const answer = (request: Request) => {
    worked();
    return routes.fetch(request);
  };
  return localOnly({ fetch: answer }, { port, token, pid, sessions });
}
