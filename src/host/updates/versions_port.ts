import { installedFrom } from "../../payload/installed_from.ts";
import type { VersionsPort } from "../../update/ports.ts";
import { describeVersion } from "../../update/records/known_versions.ts";
import type { Installation } from "../installation.ts";
import type { RecoveredUpdates } from "./open_updates.ts";

/** The versions of an installation. */
export function versionsPort(
  installation: Installation,
  { store, records }: Pick<RecoveredUpdates, "store" | "records">,
): VersionsPort {
  const { running } = installation;
  return {
    running,
    install: (version) => store.install(version),
    installedFrom: (release) => installedFrom(store, release),
    open: (id) => installation.open(id),
    describe: (id) => describeVersion(id, { running, store, state: () => records.state.state }),
  };
}
