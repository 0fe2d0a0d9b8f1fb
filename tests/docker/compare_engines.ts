import assert from "node:assert/strict";
import { join } from "node:path";
import { startBareEngine } from "../support/bare_engine.ts";
import { type DockerClient, openDockerClient } from "../support/docker_client.ts";
import { RawConnection } from "../support/raw_http.ts";
import { openTemporaryFolder, type TemporaryFolder } from "../support/temporary_folder.ts";
import { importTestImage, TEST_IMAGE } from "../support/test_image.ts";
import { startWindlass } from "../support/windlass_instance.ts";
import type { ClientCase } from "./client_case.ts";

/** Milliseconds after which a case is taken to hang. The slowest takes about 20 s on two slow cores that are idle. */
const CASE_MILLISECONDS = Deno.env.get("WINDLASS_LONG_CASES") === "1" ? 600_000 : 400_000;

/** An engine that the cases are run on. */
export interface EngineUnderTest extends AsyncDisposable {
  readonly name: "bare" | "windlass";
  readonly docker: DockerClient;
  /** Where the cases have their folders, if not where all engines see them. */
  readonly folder?: string;
  logs(): Promise<string>;
}

/** How one case ended on one engine. */
export type Outcome =
  | { readonly kind: "passed"; readonly value: unknown }
  | { readonly kind: "failed"; readonly error: Error };

/** A verdict with the milliseconds that each engine took. */
export interface Comparison {
  readonly verdict: Verdict;
  readonly milliseconds: readonly number[];
}

/** What the two outcomes of a case mean. Only differences count. */
export type Verdict =
  | { readonly kind: "same" }
  | { readonly kind: "failsOnBoth"; readonly error: Error }
  | { readonly kind: "failsOnBareOnly"; readonly error: Error }
  | { readonly kind: "different"; readonly error: Error };

/** Compares how a case ended on the bare engine and through Windlass (pure). */
export function judge(bare: Outcome, windlass: Outcome): Verdict {
  if (bare.kind === "failed" && windlass.kind === "failed") return { kind: "failsOnBoth", error: bare.error };
  if (bare.kind === "failed") return { kind: "failsOnBareOnly", error: bare.error };
  if (windlass.kind === "failed") return { kind: "different", error: windlass.error };
  try {
    assert.deepEqual(windlass.value, bare.value);
    return { kind: "same" };
  } catch (error) {
    return { kind: "different", error: error as Error };
  }
}

/** Runs a case on an engine and removes what it left there. Never throws. */
export async function runCase(engine: EngineUnderTest, one: ClientCase, folder: string): Promise<Outcome> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    const problem = new Error(`Cannot finish the case: still running after ${CASE_MILLISECONDS} ms`);
    timer = setTimeout(() => reject(problem), CASE_MILLISECONDS);
  });
  const { docker } = engine;
  try {
    const context = { docker, socketPath: docker.socketPath, image: TEST_IMAGE, folder };
    const value = await Promise.race([one.run(context), late]);
    return { kind: "passed", value };
  } catch (error) {
    return { kind: "failed", error: error instanceof Error ? error : new Error(String(error)) };
  } finally {
    clearTimeout(timer);
    await removeContainers(docker).catch(() => {});
  }
}

async function removeContainers(docker: DockerClient): Promise<void> {
  using connection = await RawConnection.open(docker.socketPath);
  const { body } = await connection.request("GET", "/containers/json?all=1");
  for (const { Id } of JSON.parse(body) as { Id: string }[]) {
    await connection.request("DELETE", `/containers/${Id}?force=1&v=1`);
  }
}

/**
 * Starts the engines which the cases are run on: the bare one and Windlass, or the bare one alone where
 * `WINDLASS_DOCKER_ENGINES=bare` says so (to try new cases). `WINDLASS_DOCKER_HOST` takes a Windlass that is already running.
 */
export async function openEngines(
  shared: TemporaryFolder,
  openTested: () => Promise<EngineUnderTest> = openWindlass,
): Promise<AsyncDisposable & { list: EngineUnderTest[] }> {
  await using owned = new AsyncDisposableStack();
  const list = [owned.use(await openBareEngine(shared))];
  if (Deno.env.get("WINDLASS_DOCKER_ENGINES") !== "bare") list.push(owned.use(await openTested()));
  for (const engine of list) await importTestImage(engine.docker);
  const stack = owned.move();
  return { list, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

async function openBareEngine(shared: TemporaryFolder): Promise<EngineUnderTest> {
  await using owned = new AsyncDisposableStack();
  const bare = owned.use(await startBareEngine({ sharedFolders: [shared.path] }));
  const docker = owned.use(await openDockerClient(bare.dockerHost));
  const stack = owned.move();
  return {
    name: "bare",
    docker,
    logs: () => Promise.resolve(""),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

async function openWindlass(): Promise<EngineUnderTest> {
  await using owned = new AsyncDisposableStack();
  const running = Deno.env.get("WINDLASS_DOCKER_HOST");
  const instance = running ? undefined : owned.use(await startWindlass());
  const docker = owned.use(await openDockerClient(running ?? instance!.dockerHost));
  const stack = owned.move();
  return {
    name: "windlass",
    docker,
    logs: () => instance?.logs() ?? Promise.resolve(""),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

/** Runs a case on all engines at once and says what the outcomes mean. */
export async function compareCase(
  engines: readonly EngineUnderTest[],
  one: ClientCase,
  shared: string,
): Promise<Comparison> {
  const milliseconds: number[] = [];
  const outcomes = await Promise.all(engines.map(async (engine, index) => {
    await using folder = await openCaseFolder(engine.folder ?? shared, engine.name);
    const begun = performance.now();
    const outcome = await runCase(engine, one, folder.path);
    milliseconds[index] = Math.round(performance.now() - begun);
    return outcome;
  }));
  const windlass = outcomes[1] ?? { kind: "passed", value: valueOf(outcomes[0]!) };
  return { verdict: judge(outcomes[0]!, windlass), milliseconds };
}

function valueOf(outcome: Outcome): unknown {
  return outcome.kind === "passed" ? outcome.value : undefined;
}

async function openCaseFolder(shared: string, engine: string): Promise<TemporaryFolder> {
  const path = join(shared, `${engine}-${crypto.randomUUID().slice(0, 8)}`);
  await Deno.mkdir(path);
  // The client may be another user's.
  await Deno.chmod(path, 0o777);
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }).catch(() => {}) };
}

/** The folder in which all cases have theirs. */
export function openSharedFolder(): Promise<TemporaryFolder> {
  return openTemporaryFolder("windlass-cases");
}

/** Runs the cases whose names match WINDLASS_DOCKER_CASES as steps of a test, and fails those that the engines do differently. */
export async function compareCases(
  test: Deno.TestContext,
  cases: readonly ClientCase[],
  openTested?: () => Promise<EngineUnderTest>,
): Promise<void> {
  const chosen = new RegExp(Deno.env.get("WINDLASS_DOCKER_CASES") ?? "");
  await using shared = await openSharedFolder();
  await using engines = await openEngines(shared, openTested);
  for (const one of cases.filter((one) => chosen.test(one.name))) {
    const { verdict, milliseconds } = await compareCase(engines.list, one, shared.path);
    const failed = verdict.kind === "different" || (verdict.kind !== "same" && engines.list.length === 1);
    const note = verdict.kind === "same" || failed ? "" : ` (${verdict.kind}: ${verdict.error.message})`;
    await test.step({
      name: `${one.name} [${milliseconds.join(" / ")} ms]${note}`,
      ignore: verdict.kind === "failsOnBoth" && !failed,
      async fn() {
        if (verdict.kind === "same" || !failed) return;
        for (const engine of engines.list) {
          const logs = await engine.logs();
          if (logs) verdict.error.message += `\n${logs}`;
        }
        throw verdict.error;
      },
    });
  }
}
