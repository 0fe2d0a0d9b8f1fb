import assert from "node:assert/strict";
import type { ErrorCode } from "../errors/error_codes.ts";
import { LANGUAGES } from "../../tests/support/wsl_situation_texts.ts";
import { printedText, SITUATIONS } from "../../tests/support/wsl_situations.ts";
import { importFailure, isWslFailure, noProgramFailure, saysNoProgram, wslFailure } from "./call_failure.ts";
import { decodeWslText } from "./wsl_output.ts";

const failed = (code: string, stderr = "") => ({
  exitCode: 255,
  stdout: `Something went wrong.\r\nError code: Wsl/Service/RegisterDistro/${code}\r\n`,
  stderr,
});

for (
  const [exitCode, stdout, expected] of [
    [-1, "", true],
    [4294967295, "", true],
    [255, "x\r\nError code: Wsl/Service/WSL_E_DISTRO_NOT_FOUND\r\n", true],
    [255, "a program's own output\n", false],
    [0, "Error code: Wsl/E_INVALIDARG\n", false],
    [1, "", false],
  ] as const
) {
  Deno.test(`isWslFailure() is ${expected} for exit code ${exitCode} and ${JSON.stringify(stdout)}`, () => {
    assert.equal(isWslFailure({ exitCode, stdout }), expected);
  });
}

const encodings: Readonly<Record<string, (text: string) => Uint8Array<ArrayBuffer>>> = {
  "UTF-8": (text) => new TextEncoder().encode(text),
  "UTF-16LE": (text) => new Uint8Array(Uint16Array.from(text, (unit) => unit.charCodeAt(0)).buffer),
};

for (const situation of SITUATIONS.filter(({ exitCode }) => exitCode === -1)) {
  Deno.test(`wslFailure() and importFailure() explain ${situation.name} in every language and encoding`, () => {
    for (const language of LANGUAGES) {
      for (const encode of Object.values(encodings)) {
        const stdout = decodeWslText(encode(printedText(situation, language)));
        const result = { exitCode: 0xffff_ffff, stdout, stderr: situation.stderr ?? "" };
        assert.ok(isWslFailure(result) && isWslFailure({ ...result, exitCode: 255 }));
        const { code, message } = situation.call === "import"
          ? importFailure("windlass", "/d", result)
          : wslFailure(situation.expected.message.replace(/^Cannot (.*?): .*$/, "$1"), result);
        assert.deepEqual({ code, message }, situation.expected);
      }
    }
  });
}

for (
  const [printed, code, state] of [
    ["0x80040302", "WL_DISTRO_NOT_FOUND", "there is no such distro; "],
    ["0x8000000d", "WL_DISTRO_BUSY", "the distro is being imported, exported, converted or removed; "],
    ["0x80040154", "WL_WSL_SERVICE_DOWN", "the service of WSL is missing; "],
    ["0x8004032F", "WL_DISTRO_DISK_DAMAGED", "the distro's virtual disk is damaged; "],
    ["ERROR_DISK_FULL", "WL_NO_SPACE", "the disk is full; "],
    ["ERROR_PATH_NOT_FOUND", "WL_WSL_FAILED", ""],
    ["WSL_E_VM_CRASHED", "WL_WSL_FAILED", ""],
    ["0x12345678", "WL_WSL_FAILED", ""],
  ] satisfies readonly (readonly [string, ErrorCode, string])[]
) {
  Deno.test(`wslFailure() is ${code} when wsl printed ${printed}`, () => {
    const error = wslFailure("list the distros", failed(printed));
    assert.equal(error.code, code);
    const end = `wsl ended with Wsl/Service/RegisterDistro/${printed}`;
    assert.equal(error.message, `Cannot list the distros: ${state}${end}`);
  });
}

Deno.test("importFailure() is WL_DISTRO_IMPORT_FAILED when wsl printed an unknown code", () => {
  const error = importFailure("windlass", "/d", failed("0x8004ffff"));
  assert.equal(error.code, "WL_DISTRO_IMPORT_FAILED");
  assert.equal(
    error.message,
    "Cannot import the distro 'windlass': wsl ended with Wsl/Service/RegisterDistro/0x8004ffff",
  );
});

Deno.test("noProgramFailure() takes init's line and the exit code 1 together", () => {
  const line =
    "<3>WSL (9 - Relay) ERROR: CreateProcessCommon:725: execvpe(/x) failed: No such file or directory";
  assert.deepEqual([saysNoProgram(line), saysNoProgram("execvpe(/x) failed: of a program")], [true, false]);
  assert.equal(noProgramFailure("run '/x'", 0), null);
  const error = noProgramFailure("run '/x'", 1);
  assert.deepEqual([error?.code, error?.message], [
    "WL_DISTRO_PROGRAM_MISSING",
    "Cannot run '/x': the distro has no such program",
  ]);
});

Deno.test("wslFailure() quotes the first line when wsl printed no code", () => {
  const result = { exitCode: 4294967295, stdout: "\r\nAsk your administrator.\r\nMore.\r\n", stderr: "" };
  assert.equal(
    wslFailure("shut WSL down", result).message,
    "Cannot shut WSL down: wsl ended with exit code 4294967295 and said 'Ask your administrator.'",
  );
});

Deno.test("wslFailure() says the exit code alone when wsl printed nothing", () => {
  const result = { exitCode: 1, stdout: "", stderr: " \n" };
  assert.equal(
    wslFailure("shut WSL down", result).message,
    "Cannot shut WSL down: wsl ended with exit code 1",
  );
});

Deno.test("importFailure() is WL_NO_SPACE when bsdtar says so, whatever code follows", () => {
  const stderr = "bsdtar: usr/lib/windlass/deno: Write failed: No space left on device\n";
  const error = importFailure("windlass", "/d", failed("WSL_E_IMPORT_FAILED", stderr));
  assert.equal(error.code, "WL_NO_SPACE");
  assert.equal(error.message, "Cannot import the distro 'windlass': the disk of '/d' is full");
});

Deno.test("wslFailure() and importFailure() pass on what the wsl for Linux says with a code of ours", () => {
  const stdout = "Cannot start a distro: the program 'nft' is missing.\r\n" +
    "Install it with 'apt-get install nftables' and try again.\r\nError code: Wsl/WL_TOOL_MISSING\r\n";
  const result = { exitCode: 255, stdout, stderr: "" };
  for (const error of [wslFailure("list the distros", result), importFailure("windlass", "/d", result)]) {
    assert.deepEqual([error.code, error.message, error.remedy], [
      "WL_TOOL_MISSING",
      "Cannot start a distro: the program 'nft' is missing",
      "Install it with 'apt-get install nftables' and try again.",
    ]);
  }
});
