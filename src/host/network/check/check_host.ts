/** The way to a host, gone step by step as a request of the engine would go it. */
import type { CheckStep, NetworkCheck } from "../../../api/resources/network.ts";
import { errorText } from "../../../errors/error_text.ts";
import { problemOf } from "../../../errors/problem_of.ts";
import { isWindlassError, WindlassError } from "../../../errors/windlass_error.ts";
import { endpoint } from "../../../platform/addresses.ts";
import { connectLimit, joined, triesNextWay } from "../../../proxy/fail_over.ts";
import { PROXY_LIMITS } from "../../../proxy/proxy_limits.ts";
import { type DecideWay, proxyText, type Target, type Way, wayText } from "../../../proxy/way.ts";
import type { Duplex } from "../../../streams/duplex.ts";
import { askRegistry, type RegistryAnswer } from "./ask_registry.ts";
import { checkTarget } from "./check_target.ts";
import { openTlsSession, type TlsSession } from "./tls_session.ts";

/** What a check uses of the machine. */
export interface CheckSources {
  readonly ways: DecideWay;
  /** The addresses of a name. @throws {Error} whose message is a lower-case clause. */
  lookUp(hostname: string, signal: AbortSignal): Promise<readonly string[]>;
  /** The ways in the order in which requests try them now. */
  ordered(ways: readonly Way[]): readonly Way[];
  /** Connects to the target by a way. @throws {WindlassError} Why that fails. */
  open(
    target: Target,
    way: Way,
    options: { readonly milliseconds: number; readonly signal: AbortSignal },
  ): Promise<Duplex>;
  /** Certificates that are trusted in addition to those of the runtime, each as PEM. */
  trusted(): Promise<readonly string[]>;
}

/** A request waits no longer for a step either. */
const STEP_MILLISECONDS = 25_000;

/** What a step found, as the answer tells it. */
type Found = Pick<CheckStep, "message"> & { readonly result?: "skipped" };

/**
 * Checks the way to a host. A step that fails is in the result; those after it are skipped.
 *
 * @param host `HOST` or `HOST:PORT`.
 * @throws {WindlassError} `WL_NETWORK_HOST_INVALID` @throws {unknown} the signal's reason.
 */
export async function checkHost(
  host: string,
  sources: CheckSources,
  signal: AbortSignal,
): Promise<NetworkCheck> {
  const { hostname, port } = checkTarget(host);
  const target: Target = { scheme: "https", hostname, port };
  const steps = new Steps(host, signal);
  using resources = new DisposableStack();
  const ways = await steps.take("way", async (signal) => {
    const { ways, rule } = await sources.ways.decide(target, signal);
    const ordered = sources.ordered(ways);
    return [ordered, { message: `${ordered.map(wayText).join(", then ")}: ${rule}` }];
  });
  await steps.take("name", (signal) => resolveName(target, ways!, sources, signal));
  const way = await steps.take("connect", async (signal) => {
    const { way, stream } = await openFirst(target, ways!, sources, signal);
    resources.use(stream);
    return [{ way, stream }, { message: `connected ${wayPhrase(way)}` }];
  }, connectMilliseconds(ways ?? []));
  const session = await steps.take("tls", async (signal) => {
    const trusted = await sources.trusted();
    const session = resources.use(await secure(target, way!.stream, { trusted, signal }));
    return [session, { message: `${session.version}, certificate issued by '${session.issuer}'` }];
  });
  await steps.take("registry", async (signal) => {
    const answer = await ask(target, session!, signal);
    return [undefined, registryText(answer)];
  });
  return {
    host: hostname,
    port,
    reached: steps.list.every(({ result }) => result !== "failed"),
    steps: steps.list,
  };
}

/** Takes steps until one fails. */
class Steps {
  readonly list: CheckStep[] = [];
  readonly #host: string;
  readonly #signal: AbortSignal;
  #failed = false;

  constructor(host: string, signal: AbortSignal) {
    [this.#host, this.#signal] = [host, signal];
  }

  /** Runs a step, which has what it needs of those before it only if they have succeeded. */
  async take<Value>(
    step: CheckStep["step"],
    work: (signal: AbortSignal) => Promise<[Value, Found]>,
    milliseconds = STEP_MILLISECONDS,
  ): Promise<Value | undefined> {
    if (this.#failed) {
      this.list.push({ step, result: "skipped", message: "not tried", problem: null, milliseconds: 0 });
      return undefined;
    }
    const start = performance.now();
    const elapsed = () => Math.round(performance.now() - start);
    const limit = AbortSignal.timeout(milliseconds);
    try {
      const [value, { message, result = "ok" }] = await work(AbortSignal.any([this.#signal, limit]));
      this.list.push({ step, result, message, problem: null, milliseconds: elapsed() });
      return value;
    } catch (error) {
      this.#signal.throwIfAborted();
      this.#failed = true;
      const problem = problemOf(limit.aborted ? late(this.#host, milliseconds) : error);
      this.list.push({ step, result: "failed", message: problem.message, problem, milliseconds: elapsed() });
      return undefined;
    }
  }
}

function late(host: string, milliseconds: number): WindlassError {
  return new WindlassError(
    "WL_PROXY_TARGET_UNREACHABLE",
    `Cannot check ${host}: there was no answer within ${milliseconds / 1_000} s`,
  );
}

async function resolveName(
  { hostname }: Target,
  ways: readonly Way[],
  sources: CheckSources,
  signal: AbortSignal,
): Promise<[undefined, Found]> {
  if (ways[0]?.kind === "proxy") {
    return [undefined, { result: "skipped", message: "the proxy looks up the name" }];
  }
  try {
    const addresses = await sources.lookUp(hostname, signal);
    return [undefined, { message: addresses.join(", ") }];
  } catch (cause) {
    signal.throwIfAborted();
    throw new WindlassError(
      "WL_NETWORK_NAME_UNKNOWN",
      `Cannot look up '${hostname}': ${errorText(cause)}`,
      { cause },
    );
  }
}

/** Each way has as long as for a request: to connect, and for a proxy's answer. */
function connectMilliseconds(ways: readonly Way[]): number {
  return ways.map((_, index) => connectLimit(index === ways.length - 1) + PROXY_LIMITS.answerMilliseconds)
    .reduce((sum, milliseconds) => sum + milliseconds, 0);
}

/** The first way that works. Ends where a request does: at a refusal, too. */
async function openFirst(
  target: Target,
  ways: readonly Way[],
  sources: CheckSources,
  signal: AbortSignal,
): Promise<{ readonly way: Way; readonly stream: Duplex }> {
  const failures: WindlassError[] = [];
  for (const [index, way] of ways.entries()) {
    try {
      const milliseconds = connectLimit(index === ways.length - 1);
      return { way, stream: await sources.open(target, way, { milliseconds, signal }) };
    } catch (error) {
      signal.throwIfAborted();
      if (!isWindlassError(error)) throw error;
      failures.push(error);
      if (!triesNextWay(error)) break;
    }
  }
  throw joined(failures);
}

async function secure(
  { hostname, port }: Target,
  stream: Duplex,
  { trusted, signal }: { readonly trusted: readonly string[]; readonly signal: AbortSignal },
): Promise<TlsSession> {
  let session: TlsSession;
  try {
    session = await openTlsSession(stream, { hostname, trusted, signal });
  } catch (cause) {
    signal.throwIfAborted();
    throw new WindlassError(
      "WL_NETWORK_TLS_FAILED",
      `Cannot speak TLS with ${endpoint(hostname, port)}: ${tlsFailure(cause)}`,
      { cause },
    );
  }
  const { distrust, issuer } = session;
  if (distrust === undefined) return session;
  session[Symbol.dispose]();
  const reason = DISTRUST[distrust] ?? `it is not trusted (${distrust})`;
  throw new WindlassError(
    "WL_NETWORK_TLS_UNTRUSTED",
    `Cannot trust the certificate of ${endpoint(hostname, port)}, issued by '${issuer}': ${reason}`,
    REMEDIES[distrust] === undefined ? {} : { remedy: REMEDIES[distrust] },
  );
}

function tlsFailure(error: unknown): string {
  const { code } = error as { readonly code?: unknown };
  return code === "ERR_SSL_WRONG_VERSION_NUMBER" ? "it answers, but not in TLS" : errorText(error);
}

/** What is wrong with a certificate, by the code of Node. */
const DISTRUST: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: "it was signed by itself, and this machine does not trust it",
  SELF_SIGNED_CERT_IN_CHAIN: "this machine does not trust its authority",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "this machine does not trust its authority",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    "this machine does not trust its authority, or the server sends an incomplete chain",
  CERT_HAS_EXPIRED: "it has expired",
  CERT_NOT_YET_VALID: "it is not valid yet",
  ERR_TLS_CERT_ALTNAME_INVALID: "it is for another name",
};

const CLOCK_REMEDY = "Check the clock of this machine; if it is right, tell the operator of the host.";
const REMEDIES: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: CLOCK_REMEDY,
  CERT_NOT_YET_VALID: CLOCK_REMEDY,
  ERR_TLS_CERT_ALTNAME_INVALID: "Use the name that the certificate is for, or tell the operator of the host.",
};

async function ask(target: Target, session: TlsSession, signal: AbortSignal): Promise<RegistryAnswer> {
  const { hostname, port } = target;
  const authority = port === 443
    ? endpoint(hostname, port).slice(0, -":443".length)
    : endpoint(hostname, port);
  const answer = await askRegistry(session.stream, authority, signal).catch((error) => {
    signal.throwIfAborted();
    return errorText(error);
  });
  if (typeof answer !== "string") return answer;
  throw new WindlassError(
    "WL_NETWORK_ANSWER_INVALID",
    `Cannot understand ${endpoint(hostname, port)}: ${answer}`,
  );
}

function registryText({ status, isRegistry }: RegistryAnswer): Found {
  if (!isRegistry) {
    return { result: "skipped", message: `it answers ${status} to /v2/, which is not that of a registry` };
  }
  return {
    message: status === 401
      ? "it is a registry, and wants a login for most of it"
      : `it is a registry, and answers ${status}`,
  };
}

function wayPhrase(way: Way): string {
  return way.kind === "direct" ? "directly" : `through ${proxyText(way.proxy)}`;
}
