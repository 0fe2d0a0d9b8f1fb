/**
 * A program with the command line of `wsl` that behaves as the variable FAKE_WSL says, for tests of the driver with
 * real processes. Text of its own comes out as that of wsl does: CRLF, and UTF-16LE unless WSL_UTF8 is "1".
 */
const LIST = "  NAME        STATE           VERSION\n" +
  "* windlass    Running         2\n" +
  "  other       Installing      2\n";

const VERSION = "WSL-Version: 2.9.4.0\nKernelversion: 6.18.35.2-1\nWSLg-Version: 1.0.73\n";

/** Longer than any test. */
const FOREVER = 600_000;

function encode(text: string): Uint8Array<ArrayBuffer> {
  const lines = text.replaceAll("\n", "\r\n");
  if (Deno.env.get("WSL_UTF8") === "1" && Deno.env.get("FAKE_WSL_OLD") === undefined) {
    return new TextEncoder().encode(lines);
  }
  const bytes = new Uint8Array(lines.length * 2);
  const view = new DataView(bytes.buffer);
  for (let index = 0; index < lines.length; index++) view.setUint16(index * 2, lines.charCodeAt(index), true);
  return bytes;
}

function say(text: string): void {
  Deno.stdout.writeSync(encode(text));
}

function chatter(text: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(text));
}

/** Ends as wsl does when it fails itself. */
function fail(code: string): never {
  say(`Etwas ist schiefgegangen: Größe.\nFehlercode: Wsl/Service/${code}\n`);
  Deno.exit(255);
}

function forever(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, FOREVER));
}

async function countInput(): Promise<number> {
  let length = 0;
  for await (const chunk of Deno.stdin.readable) length += chunk.length;
  return length;
}

/** Each behaviour; what it leaves out ends with 0. */
const BEHAVIOURS: Readonly<Record<string, (args: readonly string[]) => void | Promise<void>>> = {
  good: (args) => {
    if (args[0] === "--list" && args.includes("--running")) say("windlass\n");
    else if (args[0] === "--list") say(args.includes("--quiet") ? "windlass\nother\n" : LIST);
    else if (args[0] === "--version") say(VERSION);
    else say("Der Vorgang wurde erfolgreich beendet. \n");
  },
  empty: (args) => {
    if (args.includes("--quiet")) return;
    say("Es sind keine Distributionen installiert.\n");
    Deno.exit(255);
  },
  /** Calls it an error that no distro runs, although it was asked quietly. */
  stopped: (args) => {
    if (!args.includes("--running")) return BEHAVIOURS.good?.(args);
    say("Es werden keine Distributionen ausgeführt.\n");
    Deno.exit(255);
  },
  /** Has no distro at the first call and two from then on; a file remembers. */
  registering: async (args) => {
    const marker = Deno.env.get("FAKE_WSL_MARKER") ?? "";
    const later = await Deno.stat(marker).then(() => true, () => false);
    await Deno.writeTextFile(marker, "");
    if (later) return BEHAVIOURS.good?.(args);
    say("Es sind keine Distributionen installiert.\n");
    Deno.exit(255);
  },
  arguments: (args) => void Deno.stdout.writeSync(new TextEncoder().encode(JSON.stringify(args))),
  environment: () => void Deno.stdout.writeSync(new TextEncoder().encode(Deno.env.get("WSL_UTF8"))),
  silent: () => Deno.exit(255),
  named: () => fail("WSL_E_DISTRO_NOT_FOUND"),
  numbered: () => fail("0x80040302"),
  exists: () => fail("RegisterDistro/ERROR_ALREADY_EXISTS"),
  status: () => {
    chatter("wsl: a warning\r\nof the program\n");
    Deno.stdout.writeSync(new TextEncoder().encode("größer\n"));
    Deno.exit(42);
  },
  status255: () => {
    Deno.stdout.writeSync(new TextEncoder().encode("not an error of wsl\n"));
    Deno.exit(255);
  },
  hang: forever,
  flood: () => {
    for (;;) Deno.stdout.writeSync(new Uint8Array(65_536));
  },
  count: async () => chatter(`${await countInput()} bytes\n`),
  countAndFail: async () => {
    chatter(`bsdtar: ${await countInput()} bytes\n`);
    fail("RegisterDistro/WSL_E_IMPORT_FAILED");
  },
  full: () => {
    chatter("bsdtar: usr/bin/big: Write failed: No space left on device\n");
    fail("RegisterDistro/WSL_E_IMPORT_FAILED");
  },
  /** Tells by a file whether its input came to an end, which a killed one never sees. */
  watch: async (args) => {
    await countInput();
    await Deno.writeTextFile(`${args[2]}.complete`, "");
  },
  echo: async () => {
    chatter("ready\n");
    for await (const chunk of Deno.stdin.readable) await Deno.stdout.write(chunk);
    chatter("end of input\n");
  },
  /** Leaves a process behind that holds its output open; a file has its id. */
  leave: async () => {
    const handles = { stdin: "null", stdout: "inherit", stderr: "inherit" } as const;
    const left = new Deno.Command("sleep", { args: ["600"], ...handles }).spawn();
    left.unref();
    await Deno.writeTextFile(Deno.env.get("FAKE_WSL_MARKER") ?? "", `${left.pid}`);
    say(LIST);
    Deno.exit(0);
  },
};

const behaviour = BEHAVIOURS[Deno.env.get("FAKE_WSL") ?? ""];
if (behaviour === undefined) throw new Error("FAKE_WSL names no behaviour");
await behaviour(Deno.args);
