/** What serves requests; a Hono app is one. */
export interface RequestHandler {
  fetch(request: Request): Response | Promise<Response>;
}

/**
 * Serves the control API on a unix socket that only its owner can open. The caller holds the lock of the home,
 * so a socket file that is there already was left by a host that died.
 */
export function serveControl(path: string, handler: RequestHandler): AsyncDisposable {
  removeStale(path);
  const ended = new AbortController();
  const server = Deno.serve(
    { path, signal: ended.signal, onListen: () => {} },
    (request) => handler.fetch(request),
  );
  Deno.chmodSync(path, 0o600);
  return {
    async [Symbol.asyncDispose]() {
      ended.abort();
      await server.finished;
      removeStale(path);
    },
  };
}

function removeStale(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
