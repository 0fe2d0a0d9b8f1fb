import assert from "node:assert/strict";
import {
  createFakeMachine,
  dataImage,
  engineImage,
  type FakeMachine,
} from "../../tests/fakes/fake_distro_machine.ts";
import { ensureDataDistro } from "./data_distro.ts";
import type { DistroContext } from "./distro_context.ts";
import { ensureEngineDistro } from "./engine_distro.ts";
import { removeDistros, resetDistros } from "./remove_distros.ts";

const VOLUME = "/var/lib/windlass/docker/volumes/precious";

/** The process dies here: nothing after this happens in it. */
class Death extends Error {}

/** A piece of work that is killed at each of its points, what was before it, and what must hold in the end. */
interface Scenario {
  readonly name: string;
  readonly before: (context: DistroContext) => Promise<void>;
  readonly work: (context: DistroContext) => Promise<void>;
  /** What the next process does. */
  readonly next: (context: DistroContext) => Promise<void>;
  readonly after: (machine: FakeMachine, context: DistroContext) => void;
  readonly keepsData: boolean;
}

const ensureBoth = (id: string) => async (context: DistroContext) => {
  await ensureDataDistro(context, dataImage());
  await ensureEngineDistro(context, "windlass", engineImage(id));
};

const hasEngine = (id: string) => (machine: FakeMachine, context: DistroContext) => {
  assert.ok(machine.wsl.distros.get("windlass")?.files.has(`/content/${id}`));
  assert.ok(machine.wsl.distros.get("windlass")?.files.has("/usr/lib/windlass/agent.js"));
  assert.ok(machine.wsl.distros.get("windlass-data")?.files.has("/usr/lib/windlass/share-data"));
  assert.deepEqual([context.record.engines["windlass"]?.rootfsId, context.record.data?.state], [id, "ready"]);
};

const SCENARIOS: readonly Scenario[] = [
  {
    name: "first start",
    before: () => Promise.resolve(),
    work: ensureBoth("A"),
    next: ensureBoth("A"),
    after: hasEngine("A"),
    keepsData: false,
  },
  {
    name: "upgrade",
    before: ensureBoth("A"),
    work: ensureBoth("B"),
    next: ensureBoth("B"),
    after: hasEngine("B"),
    keepsData: true,
  },
  {
    name: "upgrade, then a start of the older executable",
    before: ensureBoth("A"),
    work: ensureBoth("B"),
    next: ensureBoth("A"),
    after: hasEngine("A"),
    keepsData: true,
  },
  {
    name: "reset",
    before: ensureBoth("A"),
    work: (context) => resetDistros(context, { data: false }),
    next: ensureBoth("A"),
    after: hasEngine("A"),
    keepsData: true,
  },
  {
    name: "reset with data",
    before: ensureBoth("A"),
    work: (context) => resetDistros(context, { data: true }),
    next: ensureBoth("A"),
    after: hasEngine("A"),
    keepsData: false,
  },
  {
    name: "uninstallation",
    before: ensureBoth("A"),
    work: removeDistros,
    next: removeDistros,
    after: (machine) => {
      assert.equal(machine.wsl.distros.size, 0);
      assert.deepEqual([...Deno.readDirSync(machine.home)], []);
    },
    keepsData: false,
  },
];

/** Runs the scenario with a death at point number `deadly`; returns whether the work had so many points. */
async function dieAt(
  scenario: Scenario,
  deadly: number,
  halfImport: "undone" | "registered",
): Promise<string | null> {
  let countdown = Infinity;
  let died: string | null = null;
  await using machine = await createFakeMachine({
    halfImport,
    atPoint: (point) => {
      if (died !== null || countdown-- > 0) return;
      died = point;
      throw new Death(point);
    },
  });
  await scenario.before(await machine.startProcess());
  machine.wsl.distros.get("windlass-data")?.files.add(VOLUME);

  countdown = deadly;
  await scenario.work(await machine.startProcess()).catch((error) => {
    if (!(error instanceof Death)) throw error;
  });
  countdown = Infinity;
  if (died === null) return null;

  const place = `${scenario.name}, half imports ${halfImport}, died ${died}`;
  died = null;
  await scenario.next(await machine.startProcess());
  const context = await machine.startProcess();
  try {
    scenario.after(machine, context);
    if (scenario.keepsData) {
      assert.ok(machine.wsl.distros.get("windlass-data")?.files.has(VOLUME), "data is lost");
    }
  } catch (error) {
    throw new assert.AssertionError({ message: `${place}: ${error}` });
  }
  return place;
}

for (const scenario of SCENARIOS) {
  for (const halfImport of ["undone", "registered"] as const) {
    Deno.test(`${scenario.name} ends right when the process dies at any point and half imports are ${halfImport}`, async () => {
      let points = 0;
      while (await dieAt(scenario, points, halfImport) !== null) points++;
      assert.ok(points >= 6, `only ${points} points were tried`);
    });
  }
}
