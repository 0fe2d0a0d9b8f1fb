import { WindlassError } from "../../errors/windlass_error.ts";
import type { PipeOwner } from "../../platform/windows/pipe/pipe_owner.ts";
import type { Home } from "../home.ts";
import { lockHolder } from "../single_instance.ts";
import { OPERATING_SYSTEM } from "../../platform/operating_system.ts";

/** The runtime as the launcher unpacks it into a home. */
const RUNTIME_REGEXP = /^(.+)\\components\\[0-9a-f]{64}-deno\.exe$/i;
/** A home in a user's profile. */
const PROFILE_REGEXP = /^[A-Z]:\\Users\\([^\\]+)\\/i;

/** Pipes are named for the whole machine, so the Windlass of another user may have the one of this home. Pure. */
export function pipeTaken(dockerSocket: string, owner: PipeOwner | null): WindlassError {
  const who = owner === null
    ? "another program"
    : `${programText(owner.executable)} (process ${owner.processId})`;
  return new WindlassError(
    "WL_SOCKET_BUSY",
    `Cannot listen on '\\\\.\\pipe\\${dockerSocket}': ${who} is using it`,
    {
      remedy: "Set WINDLASS_HOME to a folder of your own, which has its own pipe, or end that program.",
    },
  );
}

function programText(executable: string | null): string {
  const [, home] = RUNTIME_REGEXP.exec(executable ?? "") ?? [];
  if (home === undefined) return executable === null ? "another program" : `'${executable}'`;
  const [, user] = PROFILE_REGEXP.exec(home) ?? [];
  return user === undefined ? `the Windlass of '${home}'` : `the Windlass of user '${user}'`;
}

/**
 * Why what is reached at this home's pipe is not this home's engine, if another program has it while no host of this home
 * runs. Nothing on Linux, where the socket is in the home; nor where Windows does not let this user see the pipe.
 */
export async function foreignPipe(home: Home): Promise<WindlassError | undefined> {
  if (OPERATING_SYSTEM !== "windows" || await lockHolder(home) !== undefined) return undefined;
  const { findPipeOwner } = await import("../../platform/windows/pipe/pipe_owner.ts");
  const owner = findPipeOwner(`\\\\.\\pipe\\${home.dockerSocket}`);
  return owner === null ? undefined : pipeTaken(home.dockerSocket, owner);
}
