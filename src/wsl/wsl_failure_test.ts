import assert from "node:assert/strict";
import type { ErrorCode } from "../errors/error_codes.ts";
import { importFailure, isWslFailure, wslFailure } from "./wsl_failure.ts";

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

for (
  const [printed, code] of [
    ["WSL_E_DISTRO_NOT_FOUND", "WL_DISTRO_NOT_FOUND"],
    ["0x80040302", "WL_DISTRO_NOT_FOUND"],
    ["E_ILLEGAL_STATE_CHANGE", "WL_DISTRO_BUSY"],
    ["0x8000000d", "WL_DISTRO_BUSY"],
    ["HCS_E_HYPERV_NOT_INSTALLED", "WL_WSL_NO_VIRTUALIZATION"],
    ["0x80040154", "WL_WSL_SERVICE_DOWN"],
    ["WSL_E_VM_CRASHED", "WL_WSL_FAILED"],
    ["0x12345678", "WL_WSL_FAILED"],
  ] satisfies readonly (readonly [string, ErrorCode])[]
) {
  Deno.test(`wslFailure() is ${code} when wsl printed ${printed}`, () => {
    const error = wslFailure("list the distros", failed(printed));
    assert.equal(error.code, code);
    assert.equal(
      error.message,
      `Cannot list the distros: wsl ended with Wsl/Service/RegisterDistro/${printed}`,
    );
  });
}

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

for (
  const [printed, code] of [
    ["WSL_E_IMPORT_FAILED", "WL_ROOTFS_INVALID"],
    ["0x8004030b", "WL_ROOTFS_INVALID"],
    ["WSL_E_NOT_A_LINUX_DISTRO", "WL_ROOTFS_INVALID"],
    ["ERROR_ALREADY_EXISTS", "WL_DISTRO_EXISTS"],
    ["E_ILLEGAL_STATE_CHANGE", "WL_DISTRO_BUSY"],
    ["ERROR_FILE_EXISTS", "WL_DISTRO_IMPORT_FAILED"],
    ["ERROR_DISK_FULL", "WL_NO_SPACE"],
    ["HCS_E_HYPERV_NOT_INSTALLED", "WL_WSL_NO_VIRTUALIZATION"],
  ] satisfies readonly (readonly [string, ErrorCode])[]
) {
  Deno.test(`importFailure() is ${code} when wsl printed ${printed}`, () => {
    const error = importFailure("windlass", "/d", failed(printed));
    assert.equal(error.code, code);
    assert.equal(
      error.message,
      `Cannot import the distro 'windlass': wsl ended with Wsl/Service/RegisterDistro/${printed}`,
    );
  });
}

Deno.test("importFailure() is WL_NO_SPACE when bsdtar says so, whatever code follows", () => {
  const stderr = "bsdtar: usr/lib/windlass/deno: Write failed: No space left on device\n";
  const error = importFailure("windlass", "/d", failed("WSL_E_IMPORT_FAILED", stderr));
  assert.equal(error.code, "WL_NO_SPACE");
  assert.equal(error.message, "Cannot import the distro 'windlass': the disk of '/d' is full");
});

Deno.test("wslFailure() and importFailure() pass on what the wsl for Linux says with a code of ours", () => {
  const stdout = "Cannot start a distro: there is no program 'nft'.\r\n" +
    "Install it with 'apt-get install nftables' and try again.\r\nError code: Wsl/WL_TOOL_MISSING\r\n";
  const result = { exitCode: 255, stdout, stderr: "" };
  for (const error of [wslFailure("list the distros", result), importFailure("windlass", "/d", result)]) {
    assert.deepEqual([error.code, error.message, error.remedy], [
      "WL_TOOL_MISSING",
      "Cannot start a distro: there is no program 'nft'",
      "Install it with 'apt-get install nftables' and try again.",
    ]);
  }
});
