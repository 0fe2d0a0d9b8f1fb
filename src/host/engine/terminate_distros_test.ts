import assert from "node:assert/strict";
import { WindlassError } from "../../errors/windlass_error.ts";
import { requireTerminated, terminateDistros } from "./terminate_distros.ts";

const missing = new WindlassError("WL_DISTRO_NOT_FOUND", "Cannot end the distro: there is none");
const hanging = new WindlassError("WL_WSL_TIMEOUT", "Cannot end the distro: wsl says nothing");

/** A wsl that fails for some names, and what it was asked for. */
function wslWith(failures: Readonly<Record<string, Error>>) {
  const asked: string[] = [];
  const terminate = (name: string) => {
    asked.push(name);
    return failures[name] === undefined ? Promise.resolve() : Promise.reject(failures[name]);
  };
  return { asked, terminate };
}

Deno.test("requireTerminated() accepts a distro that does not exist", async () => {
  const wsl = wslWith({ one: missing });
  await requireTerminated(wsl, ["one", "two"]);
  assert.deepEqual(wsl.asked, ["one", "two"]);
});

Deno.test("requireTerminated() says which distro may still run", async () => {
  await assert.rejects(requireTerminated(wslWith({ one: hanging }), ["one"]), hanging);
});

Deno.test("terminateDistros() continues after a failure, and reports it", async () => {
  const wsl = wslWith({ one: hanging, two: missing });
  const told: unknown[] = [];
  await terminateDistros(
    wsl,
    ["one", "two", "three"],
    (level, event, fields) => told.push([level, event, fields]),
  );
  assert.deepEqual(wsl.asked, ["one", "two", "three"]);
  assert.deepEqual(told, [[
    "warn",
    "engine.terminate.failed",
    { name: "one", reason: "Cannot end the distro: wsl says nothing" },
  ]]);
});
