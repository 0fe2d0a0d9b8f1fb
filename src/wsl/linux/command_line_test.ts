import assert from "node:assert/strict";
import fc from "fast-check";
import { parseCommandLine } from "./command_line.ts";
import { type ImportCommand, USAGE_TEXT } from "./command_options.ts";
import { joinCommandLine } from "./windows_quoting.ts";
import { failureText, WslFailure } from "./wsl_failure.ts";

const parse = (...args: string[]) => parseCommandLine(joinCommandLine(args));
const BY_DEFAULT = { by: "default" } as const;

function failureOf(text: string): string {
  try {
    parseCommandLine(text);
  } catch (error) {
    if (error instanceof WslFailure) return failureText(error);
    throw error;
  }
  throw new assert.AssertionError({ message: `'${text}' was understood` });
}

Deno.test("parseCommandLine() takes options in any order", () => {
  assert.deepEqual(parse("-u", "root", "--cd", "/", "-d", "Debian", "--exec", "/bin/ls", "-l", "a b"), {
    kind: "launch",
    distro: { by: "name", name: "Debian" },
    user: "root",
    directory: "/",
    form: { kind: "exec", words: ["/bin/ls", "-l", "a b"] },
  });
});

Deno.test("parseCommandLine() hands every list of words to --exec unchanged", () => {
  const word = fc.string({ unit: fc.constantFrom("a", "-", " ", '"', "\\", "\n", "$", "ü") });
  fc.assert(fc.property(fc.array(word), (words) => {
    const request = parse("--exec", "/bin/true", ...words);
    assert.deepEqual(request, {
      kind: "launch",
      distro: BY_DEFAULT,
      form: { kind: "exec", words: ["/bin/true", ...words] },
    });
  }));
});

Deno.test("parseCommandLine() keeps the text of the shell form as it is", () => {
  const shell = (text: string, login = false) => ({
    kind: "launch",
    distro: BY_DEFAULT,
    form: { kind: "shell", text, login },
  });
  assert.deepEqual(parseCommandLine(`echo "a  b" $HOME`), shell(`echo "a  b" $HOME`));
  assert.deepEqual(parseCommandLine("-- -x  y"), shell("-x  y"));
  assert.deepEqual(parseCommandLine("--shell-type login ls -d"), shell("ls -d", true));
});

Deno.test("parseCommandLine() starts a shell without a command line", () => {
  assert.deepEqual(parseCommandLine(""), { kind: "launch", distro: BY_DEFAULT, form: { kind: "login" } });
  assert.deepEqual(parseCommandLine("~"), {
    kind: "launch",
    distro: BY_DEFAULT,
    directory: "~",
    form: { kind: "login" },
  });
});

Deno.test("parseCommandLine() takes a GUID with or without braces, first or by option", () => {
  const guid = "01234567-89ab-cdef-0123-456789ABCDEF";
  const distro = { by: "guid", guid: `{${guid.toLowerCase()}}` };
  for (const text of [guid, `{${guid}}`, `--distribution-id ${guid}`]) {
    assert.deepEqual(parseCommandLine(text), { kind: "launch", distro, form: { kind: "login" } });
  }
});

Deno.test("parseCommandLine() minds quotes around a folder only", () => {
  assert.deepEqual(parseCommandLine('--cd "C:\\my dir" -d "X" -e ls'), {
    kind: "launch",
    distro: { by: "name", name: '"X"' },
    directory: "C:\\my dir",
    form: { kind: "exec", words: ["ls"] },
  });
});

Deno.test("parseCommandLine() lets a command end the options before it", () => {
  assert.deepEqual(parseCommandLine("-d X --list -q"), {
    kind: "list",
    all: false,
    running: false,
    quiet: true,
    verbose: false,
  });
});

Deno.test("parseCommandLine() understands each command", () => {
  assert.deepEqual(parseCommandLine("--import a /b - --version 2"), {
    kind: "import",
    name: "a",
    directory: "/b",
    source: "-",
    version: 2,
  });
  assert.equal((parseCommandLine("--import a /b c --version 1") as ImportCommand).version, 1);
  assert.deepEqual(parseCommandLine("--export a b.tar --format tar.xz"), {
    kind: "export",
    name: "a",
    target: "b.tar",
    format: "tar.xz",
  });
  assert.deepEqual(parseCommandLine("--unregister a"), { kind: "unregister", name: "a" });
  for (const word of ["-t", "--terminate"]) {
    assert.deepEqual(parseCommandLine(`${word} a`), { kind: "terminate", name: "a" });
  }
  for (const word of ["-s", "--set-default", "--setdefault"]) {
    assert.deepEqual(parseCommandLine(`${word} a`), { kind: "set-default", name: "a" });
  }
  assert.deepEqual(parseCommandLine("--shutdown --force"), { kind: "shutdown", force: true });
  for (const kind of ["status", "version", "help"]) assert.deepEqual(parseCommandLine(`--${kind}`), { kind });
});

Deno.test("parseCommandLine() says what is wrong", () => {
  const invalid = "The parameter is incorrect. \nError code: Wsl/E_INVALIDARG\n";
  const unknown = (word: string) =>
    `Invalid command line argument: ${word}\nPlease use 'wsl.exe --help' to get a list of supported arguments.\n`;
  assert.equal(failureOf("--nonesuch"), unknown("--nonesuch"));
  assert.equal(failureOf("--manage x"), unknown("--manage"));
  assert.equal(failureOf("--install"), unknown("--install"));
  assert.equal(failureOf("-d"), "Argument -d is missing a required parameter.\n");
  assert.equal(failureOf("--user"), "Argument --user is missing a required parameter.\n");
  assert.equal(failureOf("-d a -d b"), "The distribution name has already been set.\n");
  assert.equal(failureOf("--distribution-id x"), invalid);
  assert.equal(failureOf("--exec"), invalid);
  assert.equal(failureOf("--shell-type odd"), invalid);
  assert.equal(failureOf("--import a b"), invalid);
  assert.equal(failureOf("--import a b c --version 3"), invalid);
  assert.equal(failureOf("--export a b --format zip"), invalid);
  assert.equal(failureOf("--terminate"), invalid);
  assert.equal(
    failureOf("--import a b c.vhdx"),
    "The file is a virtual disk, which cannot be imported here. Use an archive.\n",
  );
  assert.equal(failureOf("-l --nope"), "Unknown option '--nope'\nError code: Wsl/E_INVALIDARG\n");
  for (const text of ["-l -q -v", "-l --all --running", "-l -o -v", "--export a b --vhd --format tar"]) {
    assert.equal(failureOf(text), `${USAGE_TEXT}\n`);
  }
});
