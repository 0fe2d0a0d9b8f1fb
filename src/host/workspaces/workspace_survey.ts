import type { Workspace, WorkspaceList } from "../../api/resources/workspaces.ts";
import type { ReportedProblem } from "../../errors/problem_of.ts";
import { WindlassError } from "../../errors/windlass_error.ts";
import { isSameDistro } from "../../settings/workspace_names.ts";
import { ineligibility } from "../../workspaces/eligible_distros.ts";
import { similarName } from "../../workspaces/similar_name.ts";
import { WORKSPACE_LIMITS } from "../../workspaces/workspace_limits.ts";
import type { Wsl } from "../../wsl/wsl.ts";
import { describeMissing, describeWorkspace } from "./describe_workspace.ts";
import { type DistroNow, distrosNow } from "./distros_now.ts";
import { findDistro, wantedWorkspaces } from "./wanted_workspaces.ts";
import type { WorkspaceBook } from "./workspace_book.ts";
import type { WorkspaceChanges } from "./workspace_changes.ts";

/** What distros are found and checked with. */
export interface WorkspaceSurveyOptions {
  readonly wsl: Pick<Wsl, "list" | "running">;
  readonly book: WorkspaceBook;
  readonly changes: Pick<WorkspaceChanges, "check">;
  readonly setting: () => readonly string[];
  /** What went wrong with a workspace in the background. */
  readonly failureOf: (name: string) => ReportedProblem | undefined;
  /** Name of this instance's shared folder. */
  readonly folder: string;
}

/** How a distro is described. */
interface DescribeOptions {
  readonly enabled: boolean;
  /** Whether the shared folder can be used, without which nothing can be checked. */
  readonly isReady: boolean;
}

/** Finds the user's distros, and checks those that run. Starts none. */
export class WorkspaceSurvey {
  readonly #options: WorkspaceSurveyOptions;

  constructor(options: WorkspaceSurveyOptions) {
    this.#options = options;
  }

  /** Every distro, and what the setting or the record names besides; by name. */
  async list(isReady: boolean, signal: AbortSignal): Promise<WorkspaceList> {
    const distros = await distrosNow(this.#options.wsl, signal);
    const wanted = wantedWorkspaces(this.#options.setting(), distros);
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(tooLate()), WORKSPACE_LIMITS.listingMilliseconds);
    const until = AbortSignal.any([signal, limit.signal]);
    const workspaces: Workspace[] = [];
    const queue = [...distros];
    const work = async () => {
      for (let distro = queue.shift(); distro !== undefined; distro = queue.shift()) {
        const enabled = wanted.distros.includes(distro);
        workspaces.push(await this.describe(distro, { enabled, isReady }, until));
      }
    };
    try {
      await Promise.all(Array.from({ length: WORKSPACE_LIMITS.checkedAtOnce }, work));
    } finally {
      clearTimeout(timer);
    }
    signal.throwIfAborted();
    const { entries } = await this.#options.book.record;
    const gone = Object.keys(entries).filter((name) => findDistro(name, distros) === undefined);
    const isListed = (name: string) => wanted.missing.some((missing) => isSameDistro(missing, name));
    const missing = [...wanted.missing, ...gone.filter((name) => !isListed(name))];
    workspaces.push(...missing.map((name) => describeMissing(name, isListed(name))));
    return { workspaces: workspaces.toSorted((one, other) => one.name.localeCompare(other.name, "en")) };
  }

  /**
   * The distro of that name, or the name itself where only the setting or the record knows it.
   *
   * @throws {WindlassError} `WL_WORKSPACE_UNKNOWN`
   */
  async find(name: string, signal: AbortSignal): Promise<DistroNow | string> {
    const { wsl, book, setting } = this.#options;
    const distros = await distrosNow(wsl, signal);
    book.defaultDistro = distros.find(({ isDefault }) => isDefault)?.name;
    const distro = findDistro(name, distros);
    if (distro !== undefined) return distro;
    const known = [...setting(), ...Object.keys((await book.record).entries)];
    const found = known.find((one) => isSameDistro(one, name));
    if (found === undefined) {
      const eligible = distros.filter((each) => ineligibility(each) === undefined);
      throw unknownDistro(name, similarName(name, eligible.map((each) => each.name)));
    }
    return found;
  }

  /** A distro as the API shows it; one that runs is checked. */
  async describe(distro: DistroNow, options: DescribeOptions, signal: AbortSignal): Promise<Workspace> {
    const { changes, book, failureOf, folder } = this.#options;
    const { name, state } = distro;
    const isChecked = state === "running" && options.isReady && ineligibility(distro) === undefined;
    const found = isChecked
      ? await changes.check(name, signal).then(({ probe }) => probe, (error) => asError(error))
      : undefined;
    const entry = (await book.record).get(name);
    return describeWorkspace({
      distro,
      enabled: options.enabled,
      entry,
      found,
      failure: failureOf(name),
      folder,
    });
  }
}

/** The error for a name that neither WSL nor Windlass knows. @param meant The name that was probably meant. */
export function unknownDistro(name: string, meant?: string): WindlassError {
  return new WindlassError(
    "WL_WORKSPACE_UNKNOWN",
    `Cannot find the distro '${name}': there is no such distro`,
    meant === undefined ? {} : {
      remedy: `Use the name '${meant}', if that is the one; 'windlass workspace list' shows all.`,
    },
  );
}

function tooLate(): WindlassError {
  const seconds = WORKSPACE_LIMITS.listingMilliseconds / 1000;
  return new WindlassError(
    "WL_WORKSPACE_TIMEOUT",
    `Cannot check the distro: it did not answer within ${seconds} s`,
  );
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
