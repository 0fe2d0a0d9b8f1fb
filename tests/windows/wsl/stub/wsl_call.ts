import { splitCommandLine } from "../../../../src/wsl/linux/windows_quoting.ts";

/** One call of the stub `wsl.exe`, as it reports it. */
export interface WslCall {
  /** The raw text after the program's name. */
  readonly commandLine: string;
  /** The program as it was called. */
  readonly program: string;
  /** The text taken apart as most programs do. */
  readonly args: readonly string[];
  /** The folder of Windows that it was called in. */
  readonly folder: string;
  /** All variables of the caller, names in upper case, since Windows ignores their case. */
  readonly environment: Readonly<Record<string, string>>;
  /** Bit 1 for stdin, 2 for stdout, 4 for stderr: what the caller gave a handle for. */
  readonly streams: number;
}

/** The connection on which a call and its end are reported. */
export class WslControl {
  readonly #connection: Deno.TcpConn;
  #closed: Promise<void> | undefined;

  constructor(connection: Deno.TcpConn) {
    this.#connection = connection;
    connection.setNoDelay(true);
  }

  /** Reads the call: which streams there are, command line, folder, variables, "". */
  async readCall(): Promise<WslCall> {
    const streams = (await this.#read(1))[0]!;
    const line = await this.#readText();
    const folder = await this.#readText();
    const environment: Record<string, string> = {};
    for (let text = await this.#readText(); text !== ""; text = await this.#readText()) {
      // Names such as `=C:` hold the folders of drives; they begin with the sign that ends other names.
      const end = text.indexOf("=", 1);
      environment[text.slice(0, end).toUpperCase()] = text.slice(end + 1);
    }
    const { program, rest } = cutProgram(line);
    return {
      commandLine: rest,
      program,
      args: splitCommandLine(rest, "argument"),
      folder,
      environment,
      streams,
    };
  }

  /** Tells the port that takes the streams. */
  sendPort(port: number): Promise<void> {
    return this.#send(1, port);
  }

  /** Ends the call with a code of 32 bits, once the caller has read all output. */
  sendExit(code: number): Promise<void> {
    return this.#send(2, code);
  }

  /** Resolves when the stub is gone. */
  closed(): Promise<void> {
    this.#closed ??= this.#connection.read(new Uint8Array(1)).then(() => {}, () => {});
    return this.#closed;
  }

  close(): void {
    try {
      this.#connection.close();
    } catch {
      // Closed already.
    }
  }

  async #send(kind: number, value: number): Promise<void> {
    const message = new DataView(new ArrayBuffer(5));
    message.setUint8(0, kind);
    message.setUint32(1, value, true);
    await this.#connection.write(new Uint8Array(message.buffer)).catch(() => {}); // a stub that is gone needs no answer
  }

  async #readText(): Promise<string> {
    const length = new DataView((await this.#read(4)).buffer).getUint32(0, true);
    return new TextDecoder("utf-16le").decode(await this.#read(length));
  }

  async #read(size: number): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = new Uint8Array(size);
    for (let done = 0; done < size;) {
      const count = await this.#connection.read(bytes.subarray(done));
      if (count === null) throw new Error("Cannot read a call of wsl.exe: the connection has ended");
      done += count;
    }
    return bytes;
  }
}

/** Cuts a command line after the program's name, whose quotes mean something. Pure. */
export function cutProgram(line: string): { program: string; rest: string } {
  const [, quoted, plain, rest] = /^(?:"([^"]*)"?|([^ \t]*))[ \t]*(.*)$/s.exec(line)!;
  return { program: quoted ?? plain!, rest: rest! };
}
