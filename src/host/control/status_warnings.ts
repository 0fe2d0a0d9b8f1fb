import type { Problem, Warning } from "../../api/resources/problems.ts";
import type { ErrorCode } from "../../errors/error_codes.ts";

/** What a warning has besides its problem. */
type WarningRow = Omit<Warning, keyof Problem>;

/** The rows that differ only in their title. */
const channel = (title: string, severity: Warning["severity"] = "warning"): WarningRow => ({
  title,
  severity,
  dependsOn: "the update channel; checked when Windlass checks for updates",
});

/**
 * Every warning that the status can have. `dependsOn` says what must change for it to disappear, and when that is
 * checked. Message and remedy come with the problem.
 */
export const WARNING_TABLE = {
  WL_SOCKET_BUSY: {
    title: "Docker address in use",
    severity: "warning",
    dependsOn: "the other program that listens there; checked every two seconds",
  },
  WL_SOCKET_UNUSABLE: {
    title: "Docker address unusable",
    severity: "warning",
    dependsOn: "the address that Docker clients use; checked every two seconds",
  },
  WL_HOME_OPEN: {
    title: "Home folder open to other users",
    severity: "warning",
    dependsOn: "the permissions of the home folder; checked when Windlass starts",
  },
  WL_CONTEXT_TAKEN: {
    title: "Docker context taken",
    severity: "warning",
    dependsOn: "the context 'windlass' in your Docker configuration; checked when Windlass starts",
  },
  WL_DOCKER_CONFIG_INVALID: {
    title: "Docker configuration unreadable",
    severity: "warning",
    dependsOn: "your Docker configuration; checked when Windlass starts",
  },
  WL_FILE_NOT_WRITABLE: {
    title: "File not writable",
    severity: "warning",
    dependsOn: "the permissions of the file; checked when Windlass starts",
  },
  WL_NOT_SUPPORTED: {
    title: "Setting without effect",
    severity: "warning",
    dependsOn: "the setting; checked when it is changed and when Windlass starts",
  },
  WL_SETTINGS_DAMAGED: {
    title: "Settings file damaged",
    severity: "error",
    dependsOn: "the settings file; checked when Windlass starts",
  },
  WL_SETTINGS_UNREADABLE: {
    title: "Settings file unreadable",
    severity: "error",
    dependsOn: "the settings file; checked when a setting is changed and when Windlass starts",
  },
  WL_SETTING_INVALID: {
    title: "Setting ignored",
    severity: "warning",
    dependsOn: "the settings file; checked when a setting is changed and when Windlass starts",
  },
  WL_POLICY_UNREADABLE: {
    title: "Policy file unreadable",
    severity: "error",
    dependsOn: "the policy file; checked when a setting is changed and when Windlass starts",
  },
  WL_POLICY_INVALID: {
    title: "Part of the policy ignored",
    severity: "error",
    dependsOn: "the policy file; checked when a setting is changed and when Windlass starts",
  },
  WL_DAEMON_OPTIONS_INVALID: {
    title: "Options of dockerd refused",
    severity: "error",
    dependsOn: "the setting engine.daemonOptions; checked when the engine starts",
  },
  WL_UPDATE_AVAILABLE: {
    title: "Update available",
    severity: "info",
    dependsOn: "the offered version; checked when it is installed or skipped",
  },
  WL_UPDATE_MANAGED: {
    title: "Update available from the package manager",
    severity: "info",
    dependsOn: "the version that the package manager has installed; checked when Windlass starts",
  },
  WL_UPDATE_TOO_NEW: {
    title: "Update needs a new executable",
    severity: "info",
    dependsOn: "the executable; checked when Windlass starts",
  },
  WL_UPDATE_UNDONE: {
    title: "Update rolled back",
    severity: "warning",
    dependsOn: "the version that failed; checked when another is installed or this one skipped",
  },
  WL_UPDATE_UNREACHABLE: {
    title: "Update channel unreachable",
    severity: "warning",
    dependsOn: "the network and the update channel; checked when Windlass checks for updates",
  },
  WL_UPDATE_STALLED: {
    title: "Update download stalled",
    severity: "warning",
    dependsOn: "the network and the update channel; checked when Windlass checks for updates",
  },
  WL_UPDATE_EXPIRED: {
    title: "Update information expired",
    severity: "warning",
    dependsOn: "the update channel and the clock; checked when Windlass checks for updates",
  },
  WL_UPDATE_REJECTED: channel("Update channel rejected", "error"),
  WL_UPDATE_RELEASE_INVALID: channel("Release invalid"),
  WL_UPDATE_BLOB_INVALID: {
    title: "Downloaded file invalid",
    severity: "error",
    dependsOn: "the update channel; checked at the next download",
  },
  WL_UPDATE_BLOB_MISSING: {
    title: "File missing in the update channel",
    severity: "warning",
    dependsOn: "the update channel; checked at the next download",
  },
  WL_UPDATE_NO_RELEASE: channel("No release in the channel"),
  WL_UPDATE_ADDRESS_INVALID: {
    title: "Update address invalid",
    severity: "warning",
    dependsOn: "the settings update.url and update.mirrors; checked when Windlass checks for updates",
  },
  WL_DAEMON_PROXY_UNUSABLE: {
    title: "Proxy of dockerd unusable",
    severity: "warning",
    dependsOn: "the setting engine.daemonOptions; checked when it is changed and when Windlass starts",
  },
  WL_PAC_FILE_UNUSABLE: {
    title: "PAC file unusable",
    severity: "warning",
    dependsOn: "the PAC file; checked every ten minutes and when the network changes",
  },
  WL_CERTIFICATES_UNREADABLE: {
    title: "Certificates unreadable",
    severity: "warning",
    dependsOn: "the certificates of this machine; checked every few seconds while the engine runs",
  },
  WL_CERTIFICATE_REFUSED: {
    title: "Certificate left out",
    severity: "info",
    dependsOn: "the certificates of this machine; checked every few seconds while the engine runs",
  },
  WL_CERTIFICATES_PENDING: {
    title: "New certificates not in use yet",
    severity: "info",
    dependsOn: "the next restart of dockerd; checked when nothing runs in the engine",
  },
  WL_PROXY_UNREACHABLE: {
    title: "Proxy out of reach",
    severity: "warning",
    dependsOn: "the proxy; checked at the next request that goes to it",
  },
  WL_PROXY_CREDENTIALS_NEEDED: {
    title: "Proxy asks for a sign-in",
    severity: "warning",
    dependsOn: "the proxy; checked at the next request that goes to it",
  },
  WL_PROXY_SIGN_IN_UNSUPPORTED: {
    title: "Proxy asks for an unsupported sign-in",
    severity: "warning",
    dependsOn: "the proxy; checked at the next request that goes to it",
  },
  WL_PROXY_SIGN_IN_REFUSED: {
    title: "Proxy refuses the sign-in",
    severity: "warning",
    dependsOn: "the proxy; checked at the next request that goes to it",
  },
  WL_NO_SPACE: {
    title: "Disk full",
    severity: "error",
    dependsOn: "the disk; checked at the next download",
  },
} as const satisfies Partial<Record<ErrorCode, WarningRow>>;

/** For a failure that was not expected as a warning. */
const UNEXPECTED: WarningRow = {
  title: "Something failed",
  severity: "warning",
  dependsOn: "what it names; checked when Windlass starts",
};

/**
 * Problems as the warnings of a status, each code once, since followers identify them by it. What is left out is in
 * the log. Pure.
 */
export function statusWarnings(problems: readonly Problem[]): Warning[] {
  const byCode = Map.groupBy(problems, ({ code }) => code);
  return [...byCode].map(([code, [first, ...more]]) => ({
    ...first!,
    message: more.length === 0 ? first!.message : `${first!.message} (and ${more.length} more like it)`,
    ...WARNING_TABLE[code as keyof typeof WARNING_TABLE] ?? UNEXPECTED,
  }));
}
