import type { Log } from "../../logging/log.ts";
import { containerCertificates } from "../../relay/certificates/container_certificates.ts";
import type { ChangeContainer } from "../../relay/paths/request_rewriter.ts";
import { connectionDuplex } from "../../streams/connection_duplex.ts";
import { connectDockerd } from "../streams/connect_dockerd.ts";

export interface WorkspaceCertificatesOptions {
  /** Whether new containers get the certificates of the machine. */
  readonly addsCertificates: () => boolean;
  /** Resolves once dockerd answers, and has it started if it rests. */
  readonly whenRunning: (signal: AbortSignal) => Promise<void>;
  readonly log: Log;
}

/** Gives containers that clients of workspaces create the certificates of the machine, as the host does for its own. */
export function workspaceCertificates(
  { addsCertificates, whenRunning, log }: WorkspaceCertificatesOptions,
): ChangeContainer {
  return containerCertificates({
    isOn: addsCertificates,
    connect: async (signal) => connectionDuplex(await connectDockerd({ whenRunning, wanted: signal })),
    log,
  });
}
