/** Milliseconds to wait for an expected output or an end: far above what any case needs. */
const WAIT_MILLISECONDS = 180_000;

/** A running command whose output can be waited for and whose stdin can be written bit by bit. */
export class InteractiveProcess implements AsyncDisposable {
  #output = "";
  #waiters = new Set<() => void>();
  readonly #child: Deno.ChildProcess;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #readers: readonly ReadableStreamDefaultReader<Uint8Array>[];
  /** Ends with both outputs. A program that the command has left behind may hold them open for ever. */
  readonly #read: Promise<unknown>;
  #ended = false;
  /** Whether the command has ended and all that it wrote is in {@linkcode output}. */
  #complete = false;

  constructor(argv: readonly string[], env: Record<string, string> = {}, cwd?: string) {
    this.#child = new Deno.Command(argv[0]!, {
      args: argv.slice(1),
      env,
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
      ...(cwd ? { cwd } : {}),
    }).spawn();
    this.#writer = this.#child.stdin.getWriter();
    this.#readers = [this.#child.stdout.getReader(), this.#child.stderr.getReader()];
    this.#read = Promise.all(this.#readers.map((reader) => this.#collect(reader)));
    this.#child.status.then(async () => {
      this.#ended = true;
      await this.#read;
      this.#complete = true;
      this.#wake();
    });
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** All that the command has written to stdout and stderr so far. */
  get output(): string {
    return this.#output;
  }

  /** Whether the command has ended; some of its output may still be read. */
  get hasEnded(): boolean {
    return this.#ended;
  }

  async write(text: string): Promise<void> {
    await this.#writer.write(new TextEncoder().encode(text));
  }

  async closeStdin(): Promise<void> {
    await this.#writer.close().catch(() => {});
  }

  kill(signal: Deno.Signal): void {
    if (this.#ended) return;
    try {
      this.#child.kill(signal);
    } catch (error) {
      // It has ended, and this process has not heard of it yet.
      if (!(error instanceof TypeError || error instanceof Deno.errors.NotFound)) throw error;
    }
  }

  /** Waits until the output matches. @throws {Error} with the output when it does not in time. */
  async waitFor(pattern: RegExp, milliseconds = WAIT_MILLISECONDS): Promise<RegExpMatchArray> {
    const deadline = Date.now() + milliseconds;
    while (true) {
      const match = this.#output.match(pattern);
      if (match) return match;
      if (this.#complete || Date.now() >= deadline) {
        const state = this.#complete ? "the command is over" : `still nothing after ${milliseconds} ms`;
        throw new Error(`Cannot find ${pattern} in the output: ${state}: ${this.#output.slice(-1_000)}`);
      }
      await this.#nextChange(deadline - Date.now());
    }
  }

  /** Waits for the end. @throws {Error} with the output when it does not come in time. */
  async ended(milliseconds = WAIT_MILLISECONDS): Promise<Deno.CommandStatus> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () => reject(new Error(`Cannot see the end after ${milliseconds} ms: ${this.#output.slice(-1_000)}`)),
        milliseconds,
      );
    });
    try {
      const [status] = await Promise.race([Promise.all([this.#child.status, this.#read]), late]);
      return status;
    } finally {
      clearTimeout(timer);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.kill("SIGKILL");
    await this.#writer.close().catch(() => {});
    await this.#child.status;
    await Promise.all(this.#readers.map((reader) => reader.cancel()));
  }

  async #collect(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
      this.#output += decoder.decode(piece.value, { stream: true });
      this.#wake();
    }
  }

  #wake(): void {
    for (const waiter of this.#waiters) waiter();
  }

  async #nextChange(milliseconds: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiters.add(resolve);
    const timer = setTimeout(resolve, milliseconds);
    await promise;
    clearTimeout(timer);
    this.#waiters.delete(resolve);
  }
}
