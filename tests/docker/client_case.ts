import type { DockerClient } from "../support/docker_client.ts";

/** What a case has to work with on one engine. */
export interface CaseContext {
  readonly docker: DockerClient;
  readonly socketPath: string;
  /** The image that is on the engine. */
  readonly image: string;
  /** An empty folder of this case on the host, which containers can mount under the same path. */
  readonly folder: string;
}

/**
 * One thing that users do, done by a client that we did not write. It throws when the engine does not do what the
 * client expects. What it returns has to be equal on the bare engine and through Windlass.
 */
export interface ClientCase {
  readonly name: string;
  run(context: CaseContext): Promise<unknown>;
}
