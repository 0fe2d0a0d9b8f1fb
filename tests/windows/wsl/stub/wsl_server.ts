import { join } from "node:path";
import { encodeOwnText, textMode } from "../../../../src/wsl/linux/own_text.ts";
import { crossingVariables } from "./call_environment.ts";
import { type WslCall, WslControl } from "./wsl_call.ts";

/** What a test lets `wsl.exe` answer instead of asking `wsl` for Linux. */
export interface ScriptedAnswer {
  /** Text of `wsl.exe` itself, which it writes in UTF-16LE, or in UTF-8 when WSL_UTF8 is 1; LF becomes CRLF. */
  readonly text?: string;
  /** Exact bytes for stdout, after `text`. */
  readonly stdout?: Uint8Array;
  /** Exact bytes for stderr. */
  readonly stderr?: Uint8Array;
  /** 0 without it; `0xffffffff` is any failure of the real one. */
  readonly code?: number;
  /** Never ends; the caller must kill it. */
  readonly hangs?: boolean;
}

/** How calls are served. */
export interface WslServerOptions {
  /** The program of {@linkcode attachStreams}. */
  readonly attachStreams: string;
  /** The environment of `wsl` for Linux; asked for at the first call that is for it. */
  environment(): Promise<Readonly<Record<string, string>>>;
  /** Where this machine finds a path of Windows. @throws when it does not. */
  toHost(path: string): string;
  /** Waited for after each call, before the caller learns of its end. */
  afterCall(): Promise<void>;
}

/** Serves the stub `wsl.exe` of one prefix. */
export interface WslServer extends AsyncDisposable {
  readonly port: number;
  /** All calls so far, newest last. */
  readonly calls: readonly WslCall[];
  /** Decides each call from now on; for `undefined`, and without a script, `wsl` for Linux does. */
  script(answer: ((call: WslCall) => ScriptedAnswer | undefined) | undefined): void;
}

const LINUX_CALL = join(import.meta.dirname!, "linux_call.ts");

/** A failure of `wsl` for Linux, and what it is on Windows. */
const LINUX_FAILURE = 255;
const WINDOWS_FAILURE = 0xffffffff;
/** What `wsl.exe` ends with when what it runs is killed. */
const LOST = 1;

/** Takes calls until it is disposed, which ends those that still run. */
export function serveWsl(options: WslServerOptions): WslServer {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const calls: WslCall[] = [];
  const running = new Set<Promise<void>>();
  const open = new Set<WslControl>();
  let answer: ((call: WslCall) => ScriptedAnswer | undefined) | undefined;

  const serve = async (control: WslControl) => {
    const call = await control.readCall();
    calls.push(call);
    const scripted = answer?.(call);
    if (scripted) await sendScripted(control, call, scripted);
    else await control.sendExit(await runLinux(control, call, options));
    await control.closed();
  };
  const accepting = (async () => {
    for await (const connection of listener) {
      const control = new WslControl(connection);
      open.add(control);
      const served = serve(control).catch((error) => console.error(`wsl stub: ${error}`)).finally(() => {
        control.close();
        open.delete(control);
        running.delete(served);
      });
      running.add(served);
    }
  })();
  return {
    port: listener.addr.port,
    calls,
    script(next) {
      answer = next;
    },
    async [Symbol.asyncDispose]() {
      listener.close();
      for (const control of open) control.close();
      await accepting;
      await Promise.all(running);
    },
  };
}

async function runLinux(control: WslControl, call: WslCall, options: WslServerOptions): Promise<number> {
  const child = new Deno.Command(options.attachStreams, {
    args: [`${call.streams}`, Deno.execPath(), "run", "-A", "--quiet", LINUX_CALL, call.commandLine],
    clearEnv: true,
    env: { ...await options.environment(), ...crossingVariables(call, (path) => tryHost(path, options)) },
    cwd: options.toHost(call.folder),
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const gone = control.closed().then(() => endQuietly(child)); // as TerminateProcess ends wsl.exe
  const lines = child.stdout.getReader();
  const { value: port } = await lines.read();
  await lines.cancel();
  await control.sendPort(Number(new TextDecoder().decode(port)));
  const { code, signal } = await child.status;
  await options.afterCall();
  void gone;
  return signal !== null ? LOST : code === LINUX_FAILURE ? WINDOWS_FAILURE : code;
}

function tryHost(path: string, { toHost }: WslServerOptions): string {
  try {
    return toHost(path);
  } catch {
    return path;
  }
}

function endQuietly(child: Deno.ChildProcess): void {
  try {
    child.kill("SIGKILL");
  } catch {
    // It has ended.
  }
}

async function sendScripted(control: WslControl, call: WslCall, answer: ScriptedAnswer): Promise<void> {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  // A stub that is killed before it has connected its streams never will: waiting for them ends with it.
  void control.closed().then(() => listener.close());
  await control.sendPort(listener.addr.port);
  const text = encodeOwnText(answer.text ?? "", textMode(call.environment["WSL_UTF8"], false));
  const bytes = [
    new Uint8Array(),
    new Uint8Array([...text, ...answer.stdout ?? []]),
    answer.stderr ?? new Uint8Array(),
  ];
  const connections: Deno.TcpConn[] = [];
  try {
    for (let left = bitCount(call.streams); left > 0; left--) {
      const connection = await listener.accept().catch(() => null);
      if (connection === null) return;
      connections.push(connection);
      const number = new Uint8Array(1);
      await connection.read(number);
      await writeAll(connection, bytes[number[0]!]!);
      if (answer.hangs !== true && number[0] !== 0) await connection.closeWrite();
    }
    if (answer.hangs) await control.closed();
    else await control.sendExit(answer.code ?? 0);
  } finally {
    for (const connection of connections) connection.close();
  }
}

async function writeAll(connection: Deno.TcpConn, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length;) done += await connection.write(bytes.subarray(done));
}

function bitCount(bits: number): number {
  return [1, 2, 4].filter((bit) => (bits & bit) !== 0).length;
}
