import assert from "node:assert/strict";
import type { ErrorCode } from "../../errors/error_codes.ts";
import { WindlassError } from "../../errors/windlass_error.ts";
import { findWsl } from "./find_wsl.ts";
import type { WslFacts } from "./wsl_facts.ts";

const GOOD: WslFacts = {
  installLocation: "C:\\Program Files\\WSL\\",
  version: "2.6.1.0",
  hasProgram: true,
  hasInboxProgram: true,
  wslService: "present",
  computeService: "present",
  allowWsl: null,
};

const WITHOUT_PACKAGE = { installLocation: null, version: null, hasProgram: false } as const;
const INSTALL =
  "Run 'wsl --install --no-distribution' in a terminal as administrator, restart Windows and try again.";
const UPDATE = "Run 'wsl --update' in a terminal and try again; it stops running distros.";

const REFUSALS: readonly (readonly [string, Partial<WslFacts>, ErrorCode, string, string])[] = [
  [
    "nothing is installed",
    { ...WITHOUT_PACKAGE, hasInboxProgram: false, wslService: "absent", computeService: "absent" },
    "WL_WSL_MISSING",
    "it is not installed",
    "Install the latest package from https://github.com/microsoft/WSL/releases, restart Windows and try again.",
  ],
  [
    "only the part that comes with Windows is installed",
    { ...WITHOUT_PACKAGE, wslService: "absent", computeService: "absent" },
    "WL_WSL_INBOX_ONLY",
    "only the part that comes with Windows is installed",
    INSTALL,
  ],
  [
    "the package's program is gone",
    { hasProgram: false },
    "WL_WSL_MISSING",
    "its program 'C:\\Program Files\\WSL\\wsl.exe' is gone",
    "Repair WSL with 'wsl --update', or install its package again.",
  ],
  [
    "a policy forbids it",
    { allowWsl: 0 },
    "WL_WSL_FORBIDDEN",
    "a policy of this machine forbids it",
    "Ask your administrator to allow WSL: the value AllowWSL of HKLM\\Software\\Policies\\WSL must not be 0.",
  ],
  [
    "a policy forbids it and it is not installed either",
    { ...WITHOUT_PACKAGE, allowWsl: 0 },
    "WL_WSL_FORBIDDEN",
    "a policy of this machine forbids it",
    "Ask your administrator to allow WSL: the value AllowWSL of HKLM\\Software\\Policies\\WSL must not be 0.",
  ],
  [
    "the package is old",
    { version: "2.4.11.0" },
    "WL_WSL_TOO_OLD",
    "its version is 2.4.11.0, and before 2.4.12 it hangs when much data goes in and out of a distro at once",
    UPDATE,
  ],
  [
    "the package is very old",
    { version: "0.67.6" },
    "WL_WSL_TOO_OLD",
    "its version is 0.67.6, and before 2.4.12 it hangs when much data goes in and out of a distro at once",
    UPDATE,
  ],
  [
    "the package's service is missing",
    { wslService: "absent" },
    "WL_WSL_SERVICE_DOWN",
    "its service 'WSLService' is missing",
    "Wait a minute if WSL is being updated; otherwise repair it with 'wsl --update'.",
  ],
  [
    "the package's service is disabled",
    { wslService: "disabled" },
    "WL_WSL_SERVICE_DISABLED",
    "its service 'WSLService' is disabled",
    "Run 'sc config WSLService start= auto' as administrator, and restart Windows.",
  ],
  [
    "the platform for virtual machines is off",
    { computeService: "absent" },
    "WL_WSL_PLATFORM_MISSING",
    "the Windows feature 'Virtual Machine Platform' is turned off",
    INSTALL,
  ],
  [
    "the service for virtual machines is disabled",
    { computeService: "disabled" },
    "WL_WSL_COMPUTE_DOWN",
    "the service 'vmcompute' of Windows is disabled",
    "Run 'sc config vmcompute start= demand' and 'sc start vmcompute' as administrator, or restart Windows.",
  ],
];

for (const [name, facts, code, state, remedy] of REFUSALS) {
  Deno.test(`findWsl() refuses with ${code} when ${name}`, () => {
    assert.throws(() => findWsl({ ...GOOD, ...facts }), (error) => {
      assert.ok(error instanceof WindlassError);
      assert.deepEqual([error.code, error.message, error.remedy], [code, `Cannot use WSL: ${state}`, remedy]);
      return true;
    });
  });
}

Deno.test("findWsl() is the installed program, whatever its folder's path ends in", () => {
  for (const installLocation of ["D:\\Tools\\WSL", "D:\\Tools\\WSL\\", "D:\\Tools\\WSL\\\\"]) {
    assert.deepEqual(findWsl({ ...GOOD, installLocation }), { command: ["D:\\Tools\\WSL\\wsl.exe"] });
  }
});

for (const version of ["2.4.12", "2.4.12.0", "2.5.0.0", "2.10.0.0", "3.0", "unknown", null]) {
  Deno.test(`findWsl() takes the version ${version}`, () => {
    assert.deepEqual(findWsl({ ...GOOD, version }), { command: ["C:\\Program Files\\WSL\\wsl.exe"] });
  });
}

Deno.test("findWsl() takes a policy that allows WSL", () => {
  assert.deepEqual(findWsl({ ...GOOD, allowWsl: 1 }), { command: ["C:\\Program Files\\WSL\\wsl.exe"] });
});
