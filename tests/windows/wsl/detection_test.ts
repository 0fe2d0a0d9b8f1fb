import assert from "node:assert/strict";
import { join } from "node:path";
import { ERROR_CODES, type ErrorCode } from "../../../src/errors/error_codes.ts";
import { REPOSITORY } from "../../support/repository.ts";
import { openWindowsMachine, type WindowsMachine } from "../support/windows_machine.ts";
import type { InstalledWsl } from "./stub/install_wsl.ts";

const SCRIPT = join(REPOSITORY, "tests/windows/wsl/driver_program.ts");
const PACKAGE = "HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Lxss\\MSI";
const POLICY = "HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\WSL";
const SERVICES = "HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services";

async function find({ wine }: WindowsMachine): Promise<unknown> {
  const { stdout, stderr } = await wine.run(wine.denoScript(SCRIPT, ["find"]));
  assert.notEqual(stdout, "", stderr);
  return JSON.parse(stdout);
}

function refusal(code: ErrorCode, state: string): unknown {
  return { code, message: `Cannot use WSL: ${state}`, remedy: ERROR_CODES[code] };
}

for (
  const [installed, code, state] of [
    ["none", "WL_WSL_MISSING", "it is not installed"],
    ["inbox", "WL_WSL_INBOX_ONLY", "only the part that comes with Windows is installed"],
  ] satisfies readonly (readonly [InstalledWsl, ErrorCode, string])[]
) {
  Deno.test(`findWsl() calls nothing where of WSL there is: ${installed}`, async () => {
    await using machine = await openWindowsMachine({ installed });
    assert.deepEqual(await find(machine), refusal(code, state));
    assert.deepEqual(machine.wsl.calls, []);
  });
}

Deno.test("findWsl() reads from the registry what prevents the use of WSL, and calls nothing", async (test) => {
  await using machine = await openWindowsMachine();
  const set = (key: string, value: string) => machine.wine.importRegistry(`[${key}]\n${value}\n`);

  for (
    const [name, change, undo, code, state] of [
      [
        "a policy",
        () => set(POLICY, '"AllowWSL"=dword:00000000'),
        () => set(POLICY, '"AllowWSL"=dword:00000001'),
        "WL_WSL_FORBIDDEN",
        "a policy of this machine forbids it",
      ],
      [
        "an old version",
        () => set(PACKAGE, '"Version"="2.3.26.0"'),
        () => set(PACKAGE, '"Version"="2.6.1.0"'),
        "WL_WSL_TOO_OLD",
        "its version is 2.3.26.0, and before 2.4.12 it hangs when much data goes in and out of a distro at once",
      ],
      [
        "a service that is disabled",
        () => set(`${SERVICES}\\WSLService`, '"Start"=dword:00000004'),
        () => set(`${SERVICES}\\WSLService`, '"Start"=dword:00000002'),
        "WL_WSL_SERVICE_DISABLED",
        "its service 'WSLService' is disabled",
      ],
      [
        "a compute service that is disabled",
        () => set(`${SERVICES}\\vmcompute`, '"Start"=dword:00000004'),
        () => set(`${SERVICES}\\vmcompute`, '"Start"=dword:00000003'),
        "WL_WSL_COMPUTE_DOWN",
        "the service 'vmcompute' of Windows is disabled",
      ],
      [
        "a platform that is off",
        () => set(`-${SERVICES}\\vmcompute`, ""),
        () => set(`${SERVICES}\\vmcompute`, '"Start"=dword:00000003'),
        "WL_WSL_PLATFORM_MISSING",
        "the Windows feature 'Virtual Machine Platform' is turned off",
      ],
      [
        "a service that is missing",
        () => set(`-${SERVICES}\\WSLService`, ""),
        () => set(`${SERVICES}\\WSLService`, '"Start"=dword:00000002'),
        "WL_WSL_SERVICE_DOWN",
        "its service 'WSLService' is missing",
      ],
    ] satisfies readonly (readonly [string, () => Promise<void>, () => Promise<void>, ErrorCode, string])[]
  ) {
    await test.step(name, async () => {
      await change();
      assert.deepEqual(await find(machine), refusal(code, state));
      await undo();
    });
  }

  await test.step("nothing", async () => {
    assert.deepEqual(await find(machine), { result: { command: ["C:\\Program Files\\WSL\\wsl.exe"] } });
  });
  assert.deepEqual(machine.wsl.calls, []);
});
