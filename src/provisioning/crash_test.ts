import assert from "node:assert/strict";
import {
  createFakeMachine,
  dataImage,
  engineImage,
  type FakeMachine,
} from "../../tests/fakes/fake_distro_machine.ts";
import { isWindlassError, WindlassError } from "../errors/windlass_error.ts";
import { ensureDataDistro } from "./data_distro.ts";
import type { DistroContext } from "./distro_context.ts";
import { ensureEngineDistro } from "./engine_distro.ts";
import { chooseEngineName, otherEngineName } from "./engine_names.ts";
import { prepareEngineDistro } from "./prepare_engine.ts";
import { removeDistros, removeEngineDistro, resetDistros } from "./remove_distros.ts";

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
  /** A distro whose engine runs all the time: neither death nor recovery may touch it. */
  readonly runs?: string;
}

type Work = (context: DistroContext) => Promise<void>;

const inOrder = (...works: Work[]): Work => async (context) => {
  for (const work of works) await work(context);
};

/** The name that the version with this content uses. */
const nameOf = ({ names, record }: DistroContext, id: string) =>
  chooseEngineName({ names, engines: record.engines, rootfsId: id, keepOthers: false });

const ensureBoth = (id: string): Work => async (context) => {
  await ensureDataDistro(context, dataImage());
  await ensureEngineDistro(context, nameOf(context, id), engineImage(id));
};

/** As a host of the version `own` does it. */
const prepare = (id: string, { own, unfit = false }: { own: string; unfit?: boolean }): Work => (context) => {
  const name = otherEngineName(context.names, nameOf(context, own));
  return prepareEngineDistro(context, name, engineImage(id), async () => {
    await context.wsl.run({ distro: name, argv: ["/usr/lib/windlass/rehearse"] });
    if (unfit) throw new WindlassError("WL_ENGINE_UNFIT", "Cannot use the engine: it was made so");
  });
};

const removeOthers = (own: string): Work => (context) =>
  removeEngineDistro(context, otherEngineName(context.names, nameOf(context, own)));

const unlessUnfit = (work: Work): Work => (context) =>
  work(context).catch((error) => {
    if (!isWindlassError(error, "WL_ENGINE_UNFIT")) throw error;
  });

/** Whether exactly these engines exist. */
const hasEngines = (engines: Readonly<Record<string, string>>) =>
(
  { wsl: { distros } }: FakeMachine,
  { record }: DistroContext,
) => {
  assert.deepEqual([...distros.keys()].sort(), [...Object.keys(engines), "windlass-data"].sort());
  for (const [name, id] of Object.entries(engines)) {
    assert.ok(distros.get(name)?.files.has(`/content/${id}`));
    assert.ok(distros.get(name)?.files.has("/usr/lib/windlass/agent.js"));
    assert.equal(record.engines[name]?.rootfsId, id);
  }
  assert.deepEqual(Object.keys(record.engines).sort(), Object.keys(engines).sort());
  assert.ok(distros.get("windlass-data")?.files.has("/usr/lib/windlass/share-data"));
  assert.equal(record.data?.state, "ready");
};

const hasEngine = (id: string) => hasEngines({ windlass: id });

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
    name: "preparation of an update",
    before: ensureBoth("A"),
    work: prepare("B", { own: "A" }),
    next: prepare("B", { own: "A" }),
    after: hasEngines({ windlass: "A", "windlass-b": "B" }),
    keepsData: true,
    runs: "windlass",
  },
  {
    name: "preparation of an update, then of a later one",
    before: ensureBoth("A"),
    work: prepare("B", { own: "A" }),
    next: prepare("C", { own: "A" }),
    after: hasEngines({ windlass: "A", "windlass-b": "C" }),
    keepsData: true,
    runs: "windlass",
  },
  {
    name: "preparation of an update that is given up",
    before: ensureBoth("A"),
    work: prepare("B", { own: "A" }),
    next: inOrder(ensureBoth("A"), removeOthers("A")),
    after: hasEngine("A"),
    keepsData: true,
    runs: "windlass",
  },
  {
    name: "preparation in the place of an older update",
    before: inOrder(ensureBoth("A"), prepare("B", { own: "A" })),
    work: prepare("C", { own: "A" }),
    next: prepare("C", { own: "A" }),
    after: hasEngines({ windlass: "A", "windlass-b": "C" }),
    keepsData: true,
    runs: "windlass",
  },
  {
    name: "preparation of an engine that is unfit",
    before: ensureBoth("A"),
    work: unlessUnfit(prepare("B", { own: "A", unfit: true })),
    next: unlessUnfit(prepare("B", { own: "A", unfit: true })),
    after: hasEngine("A"),
    keepsData: true,
    runs: "windlass",
  },
  {
    name: "second update, back in the first name",
    before: inOrder(ensureBoth("A"), prepare("B", { own: "A" }), removeOthers("B")),
    work: prepare("C", { own: "B" }),
    next: prepare("C", { own: "B" }),
    after: hasEngines({ windlass: "C", "windlass-b": "B" }),
    keepsData: true,
    runs: "windlass-b",
  },
  {
    name: "removal of the old engine",
    before: inOrder(ensureBoth("A"), prepare("B", { own: "A" })),
    work: removeOthers("B"),
    next: removeOthers("B"),
    after: hasEngines({ "windlass-b": "B" }),
    keepsData: true,
    runs: "windlass-b",
  },
  {
    name: "removal of the old engine, then its return",
    before: inOrder(ensureBoth("A"), prepare("B", { own: "A" })),
    work: removeOthers("B"),
    next: inOrder(prepare("A", { own: "B" }), ensureBoth("A"), removeOthers("A")),
    after: hasEngine("A"),
    keepsData: true,
  },
  {
    name: "reset with two engines",
    before: inOrder(ensureBoth("A"), prepare("B", { own: "A" })),
    work: (context) => resetDistros(context, { data: false }),
    next: inOrder((context) => resetDistros(context, { data: false }), ensureBoth("B")),
    after: hasEngine("B"),
    keepsData: true,
  },
  {
    name: "uninstallation with two engines",
    before: inOrder(ensureBoth("A"), prepare("B", { own: "A" })),
    work: removeDistros,
    next: removeDistros,
    after: (machine) => {
      assert.equal(machine.wsl.distros.size, 0);
      assert.deepEqual([...Deno.readDirSync(machine.home)], []);
    },
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

/** An engine that the record names is complete, regardless of any deaths. */
function assertComplete({ wsl }: FakeMachine, { record }: DistroContext): void {
  for (const [name, { rootfsId }] of Object.entries(record.engines)) {
    if (rootfsId === null) continue;
    assert.ok(wsl.distros.get(name)?.files.has(`/content/${rootfsId}`), `${name} is not ${rootfsId}`);
    assert.ok(wsl.distros.get(name)?.files.has("/usr/lib/windlass/agent.js"), `${name} is not complete`);
  }
}

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
  const running = machine.wsl.distros.get(scenario.runs ?? "");
  if (running !== undefined) running.state = "running";

  countdown = deadly;
  await scenario.work(await machine.startProcess()).catch((error) => {
    if (!(error instanceof Death)) throw error;
  });
  countdown = Infinity;
  if (died === null) return null;

  const place = `${scenario.name}, half imports ${halfImport}, died ${died}`;
  died = null;
  try {
    const survivor = await machine.startProcess();
    assertComplete(machine, survivor);
    await scenario.next(survivor);
    const context = await machine.startProcess();
    scenario.after(machine, context);
    if (scenario.runs !== undefined) {
      assert.equal(machine.wsl.distros.get(scenario.runs), running, "the running engine was replaced");
      assert.equal(running?.state, "running");
    }
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
