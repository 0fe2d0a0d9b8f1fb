import { errorText } from "../../../errors/error_text.ts";
import { WindlassError } from "../../../errors/windlass_error.ts";
import { driveRoot } from "../mount_plan.ts";
import { DISTRO_STATE, findByName, type FoundDistro, resolveDistro, versionOf } from "../registry.ts";
import { WslFailure, wslFailure } from "../wsl_failure.ts";
import { type DistroInstance, hasInterop, rootfsOf } from "./distro_instance.ts";
import type { DistroStore } from "./distro_store.ts";
import type { ServiceLines } from "./service_lines.ts";
import type { ServiceAnswers, ServiceRequest, StartedDistro } from "./protocol.ts";
import type { RunningDistros } from "./running_distros.ts";

/** What calls act on. */
export interface ServiceParts {
  readonly store: DistroStore;
  readonly running: RunningDistros;
  /** Distros whose files are being written out. */
  readonly exporting: Set<string>;
  /** Called when a call has shut everything down: the service is then to end without lingering. */
  onShutDown(): void;
}

type Answer = ServiceAnswers[keyof ServiceAnswers];

/** Serves one connection: one request, or a begun job and its end. Never rejects for what the call did wrong. */
export async function serveCall(lines: ServiceLines, parts: ServiceParts): Promise<void> {
  const request = await lines.receive() as ServiceRequest | null;
  if (request === null) return;
  try {
    if (request.do === "import") return await serveImport(lines, parts, request);
    if (request.do === "export") return await serveExport(lines, parts, request);
    await lines.send({ ok: await answer(parts, request) });
  } catch (error) {
    await lines.send({ error: errorMessage(error) }).catch(() => {}); // the call has gone
  }
}

async function answer(parts: ServiceParts, request: ServiceRequest): Promise<Answer> {
  const { store, running } = parts;
  switch (request.do) {
    case "start": {
      const distro = resolveDistro(store.registry, request.distro);
      requireNoExport(parts, distro);
      if (versionOf(distro.entry) === 1) {
        throw wslFailure(["Service", "CreateInstance"], "WSL_E_WSL1_NOT_SUPPORTED");
      }
      return describe(distro, await running.start(distro));
    }
    case "running":
      return { running: running.guids, exporting: [...parts.exporting] };
    case "terminate":
      await running.stop(resolveDistro(store.registry, { by: "name", name: request.name }).guid);
      return {};
    case "set-default":
      await store.setDefault(request.name);
      return {};
    case "unregister": {
      const other = findByName(store.registry, request.name);
      if (other !== undefined && other.entry.State !== DISTRO_STATE.installed) {
        throw wslFailure(["Service"], "E_ILLEGAL_STATE_CHANGE");
      }
      const distro = resolveDistro(store.registry, { by: "name", name: request.name });
      requireNoExport(parts, distro);
      await running.stop(distro.guid);
      await store.unregister(distro);
      return {};
    }
    case "shutdown":
      await running.shutDown();
      parts.onShutDown();
      return {};
    default:
      throw new WslFailure("The service does not support this request.", null);
  }
}

/** The call unpacks; if its connection ends before it says that it has finished, all is taken back. */
async function serveImport(
  lines: ServiceLines,
  { store }: ServiceParts,
  request: { readonly name: string; readonly directory: string; readonly version: 1 | 2 },
): Promise<void> {
  const distro = await store.beginImport(request);
  let begun = true;
  try {
    await lines.send({ ok: { rootfs: rootfsOf(distro.entry.BasePath) } }).catch(() => {});
    const next = await lines.receive();
    if (next?.do !== "finish") return;
    begun = false;
    await store.finishImport(distro);
    await lines.send({ ok: {} });
  } finally {
    if (begun) await store.abortImport(distro); // then the connection closes, which a waiting call notices
  }
}

async function serveExport(lines: ServiceLines, parts: ServiceParts, request: { readonly name: string }) {
  const distro = resolveDistro(parts.store.registry, { by: "name", name: request.name });
  requireNoExport(parts, distro);
  parts.exporting.add(distro.guid);
  try {
    await parts.running.stop(distro.guid);
    await lines.send({ ok: { rootfs: rootfsOf(distro.entry.BasePath) } });
    await lines.receive(); // the end of the work, or of the call
    await lines.send({ ok: {} }).catch(() => {});
  } finally {
    parts.exporting.delete(distro.guid);
  }
}

function requireNoExport(parts: ServiceParts, distro: FoundDistro): void {
  if (parts.exporting.has(distro.guid)) {
    throw wslFailure(["Service", "CreateInstance"], "E_ILLEGAL_STATE_CHANGE");
  }
}

function describe({ entry }: FoundDistro, { settings, socket }: DistroInstance): StartedDistro {
  return {
    name: entry.DistributionName,
    socket,
    hostname: settings.hostname ?? Deno.hostname(),
    driveRoot: settings.automount ? driveRoot(settings) : null,
    interop: hasInterop(settings),
    defaultUser: settings.defaultUser ?? `#${entry.DefaultUid}`,
  };
}

/** What goes over the connection of a failure: the text to print and the code line. */
function errorMessage(error: unknown): { text: string; codePath: string | null } {
  if (error instanceof WslFailure) return { text: error.message, codePath: error.codePath };
  if (error instanceof WindlassError) {
    return { text: `${error.message}\n${error.remedy}`, codePath: `Wsl/Service/${error.code}` };
  }
  const text = errorText(error);
  return { text: `Cannot continue: ${text}`, codePath: "Wsl/Service/E_UNEXPECTED" };
}
