import { JSException, type JSValueHandle, QuickJS } from "quickjs-wasi";
import quickJs from "quickjs-wasi/quickjs.wasm" with { type: "bytes" };
import { PacFailure } from "./pac_failure.ts";
import { PAC_LIMITS } from "./pac_limits.ts";
import { pacFunctions } from "./pac_functions.ts";
import { KeptNames, ownAddresses } from "./pac_network.ts";

/** Bytes that a PAC file may use: thousands of times what the largest ones need. */
const MEMORY_BYTES = 64 * 1024 * 1024;
/** Names that one answer may depend on; what is asked beyond that counts as unknown. */
const LOOKUPS = 20;

export interface PacSandboxOptions {
  /** @default {the system's resolver} */
  readonly names?: KeptNames;
  /** @default {those of this machine} */
  readonly addresses?: () => readonly string[];
  readonly now?: () => Date;
  /** @default {3000} */
  readonly callMilliseconds?: number;
}

/**
 * A PAC file in an interpreter of its own, which has neither files nor network. Its functions answer at once, as PAC files
 * expect: where one needs a name that is not known yet, the call is given up, the name looked up, and the call made again.
 */
export class PacSandbox implements Disposable {
  readonly #machine: QuickJS;
  readonly #names: KeptNames;
  readonly #limits: { until: number };
  readonly #callMilliseconds: number;
  readonly #call: { missing: string | undefined; guesses: boolean };

  private constructor(
    machine: QuickJS,
    names: KeptNames,
    limits: { until: number },
    call: { missing: string | undefined; guesses: boolean },
    callMilliseconds: number,
  ) {
    this.#machine = machine;
    this.#names = names;
    this.#limits = limits;
    this.#call = call;
    this.#callMilliseconds = callMilliseconds;
  }

  /** @throws {PacFailure} the syntax error of the file, what it throws when it is loaded, or that it lacks `FindProxyForURL`. */
  static async open(text: string, options: PacSandboxOptions = {}): Promise<PacSandbox> {
    const { names = new KeptNames(), now = () => new Date() } = options;
    const addresses = options.addresses ?? (() => ownAddresses(Deno.networkInterfaces()));
    const limits = { until: 0 };
    const call = { missing: undefined as string | undefined, guesses: false };
    const machine = await QuickJS.create({
      wasm: await WebAssembly.compile(quickJs),
      memoryLimit: MEMORY_BYTES,
      interruptHandler: () => performance.now() > limits.until,
    });
    const functions = pacFunctions({
      lookup(name) {
        const known = names.get(name);
        if (known !== undefined || call.guesses) return known ?? [];
        call.missing = name;
        throw new PacFailure(`'${name}' is not known yet`);
      },
      get addresses() {
        return addresses();
      },
      now,
    });
    for (const [name, run] of Object.entries(functions)) {
      using handle = machine.newFunction(
        name,
        (...values) => valueHandle(machine, run(...values.map((value) => machine.dump(value)))),
      );
      machine.setProp(machine.global, name, handle);
    }
    const sandbox = new PacSandbox(
      machine,
      names,
      limits,
      call,
      options.callMilliseconds ?? PAC_LIMITS.call,
    );
    await sandbox.#withNames(() => machine.evalCode(text, "proxy.pac").dispose());
    using find = sandbox.#findFunction();
    if (find === undefined) throw new PacFailure("it has no function FindProxyForURL");
    return sandbox;
  }

  /**
   * What the file answers.
   *
   * @throws {PacFailure} what the file throws, or that it does not end.
   */
  async find(url: string, host: string): Promise<string> {
    const machine = this.#machine;
    return await this.#withNames(() => {
      using find = this.#findFunction();
      if (find === undefined) throw new PacFailure("it has no function FindProxyForURL");
      using urlText = machine.newString(url);
      using hostText = machine.newString(host);
      using answer = machine.callFunction(find, machine.undefined, urlText, hostText);
      return String(machine.dump(answer));
    });
  }

  [Symbol.dispose](): void {
    this.#machine.dispose();
  }

  /** Makes a call again until no name is missing. Nothing else runs in the interpreter during one. */
  async #withNames<Value>(run: () => Value): Promise<Value> {
    for (let lookups = 0;; lookups++) {
      this.#call.missing = undefined;
      this.#call.guesses = lookups === LOOKUPS;
      this.#limits.until = performance.now() + this.#callMilliseconds;
      let value: Value | undefined;
      let failure: unknown;
      try {
        value = run();
      } catch (error) {
        failure = error;
      }
      // A file may have caught the error that gave its call up.
      const { missing } = this.#call;
      if (missing !== undefined) await this.#names.look(missing);
      else if (failure === undefined) return value!;
      else throw plainError(failure);
    }
  }

  #findFunction(): JSValueHandle | undefined {
    using name = this.#machine.newString("FindProxyForURL");
    const handle = this.#machine.getProp(this.#machine.global, name);
    if (this.#machine.typeof(handle) === "function") return handle;
    handle.dispose();
    return undefined;
  }
}

function valueHandle(machine: QuickJS, value: string | boolean | number | null | undefined): JSValueHandle {
  switch (typeof value) {
    case "string":
      return machine.newString(value);
    case "number":
      return machine.newNumber(value);
    case "boolean":
      return value ? machine.true : machine.false;
    default:
      return value === null ? machine.null : machine.undefined;
  }
}

function plainError(failure: unknown): Error {
  if (!(failure instanceof JSException)) {
    return failure instanceof Error ? failure : new PacFailure(String(failure));
  }
  return new PacFailure(failure.message === "interrupted" ? "it does not end" : failure.message);
}
