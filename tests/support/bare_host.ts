import { join } from "node:path";
import type { ApiAddress } from "../../src/client/api_address.ts";
import { readApiAddress } from "../../src/client/read_api_address.ts";
import { openWindlassInstance, type WindlassInstance } from "./windlass_instance.ts";

/** A running host whose engine nobody has started: all of the API, without the time that an import takes. */
export interface BareHost extends AsyncDisposable {
  readonly instance: WindlassInstance;
  readonly addressFile: string;
  readonly address: ApiAddress;
  /** The host process. Killing it is for the test to do; its end is waited for at disposal. */
  readonly process: Deno.ChildProcess;
}

/** Runs `windlass host` of an instance of its own, and waits until it listens. */
export async function startBareHost(): Promise<BareHost> {
  await using owned = new AsyncDisposableStack();
  const instance = owned.use(await openWindlassInstance());
  const child = new Deno.Command(instance.executable, {
    args: ["host"],
    env: { WINDLASS_HOME: instance.home },
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  owned.defer(async () => {
    try {
      child.kill("SIGTERM");
    } catch {
      // It has ended already.
    }
    await child.status;
  });
  const report = await firstLine(child.stdout);
  if (!report.includes('"started":true')) throw new Error(`Cannot start the host: it said '${report}'`);
  const addressFile = join(instance.home, "api.json");
  const address = await readApiAddress(addressFile);
  const stack = owned.move();
  return {
    instance,
    addressFile,
    address,
    process: child,
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

async function firstLine(stream: ReadableStream<Uint8Array>): Promise<string> {
  let text = "";
  for await (const chunk of stream.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    if (text.includes("\n")) break;
  }
  return text;
}
