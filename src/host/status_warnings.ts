import type { Problem, Warning } from "../api/schemas.ts";
import type { ErrorCode } from "../errors/error_codes.ts";

/**
 * Every warning that the status can have, with what must change for it to go and when that is looked at. Text and
 * remedy are those of the code.
 */
export const WARNING_TABLE = {
  WL_SOCKET_BUSY: "the other program that listens there; looked at every two seconds",
  WL_SOCKET_UNUSABLE: "the address that Docker clients use; looked at every two seconds",
  WL_HOME_OPEN: "the rights of the home folder; looked at when Windlass starts",
  WL_CONTEXT_TAKEN: "the context 'windlass' in your Docker configuration; looked at when Windlass starts",
  WL_DOCKER_CONFIG_INVALID: "your Docker configuration; looked at when Windlass starts",
  WL_FILE_NOT_WRITABLE: "the rights of the file; looked at when Windlass starts",
  WL_NOT_SUPPORTED: "the setting; looked at when it is changed and when Windlass starts",
  WL_SETTINGS_DAMAGED: "the settings file; looked at when Windlass starts",
  WL_SETTINGS_UNREADABLE: "the settings file; looked at when a setting is changed and when Windlass starts",
  WL_SETTING_INVALID: "the settings file; looked at when a setting is changed and when Windlass starts",
  WL_POLICY_UNREADABLE: "the policy file; looked at when a setting is changed and when Windlass starts",
  WL_POLICY_INVALID: "the policy file; looked at when a setting is changed and when Windlass starts",
  WL_DAEMON_OPTIONS_INVALID: "the setting engine.daemonOptions; looked at when the engine starts",
  WL_UPDATE_AVAILABLE: "the version that is offered; looked at when it is installed or skipped",
  WL_UPDATE_MANAGED: "the version that the package manager has installed; looked at when Windlass starts",
  WL_UPDATE_TOO_NEW: "the executable; looked at when Windlass starts",
  WL_UPDATE_UNDONE: "the version that has failed; looked at when another is installed or this one skipped",
  WL_UPDATE_UNREACHABLE: "the network and the update channel; looked at when the channel is asked",
  WL_UPDATE_STALLED: "the network and the update channel; looked at when the channel is asked",
  WL_UPDATE_EXPIRED: "the update channel and the clock; looked at when the channel is asked",
  WL_UPDATE_REJECTED: "the update channel; looked at when the channel is asked",
  WL_UPDATE_RELEASE_INVALID: "the update channel; looked at when the channel is asked",
  WL_UPDATE_BLOB_INVALID: "the update channel; looked at when the download is tried again",
  WL_UPDATE_BLOB_MISSING: "the update channel; looked at when the download is tried again",
  WL_UPDATE_NO_RELEASE: "the update channel; looked at when the channel is asked",
  WL_UPDATE_ADDRESS_INVALID:
    "the settings update.url and update.mirrors; looked at when the channel is asked",
  WL_NO_SPACE: "the disk; looked at when the download is tried again",
} as const satisfies Partial<Record<ErrorCode, string>>;

/** For a failure that nobody has foreseen as a warning. */
const UNFORESEEN = "what it names; looked at when Windlass starts";

/**
 * Problems as the warnings of a status, each code once: who follows them tells them apart by it. What is left out is
 * in the log. Pure.
 */
export function statusWarnings(problems: readonly Problem[]): Warning[] {
  const byCode = Map.groupBy(problems, ({ code }) => code);
  return [...byCode].map(([code, [first, ...more]]) => ({
    ...first!,
    message: more.length === 0 ? first!.message : `${first!.message} (and ${more.length} more like it)`,
    dependsOn: WARNING_TABLE[code as keyof typeof WARNING_TABLE] ?? UNFORESEEN,
  }));
}
