import assert from "node:assert/strict";
import { nameOf } from "../../../tests/fakes/sample_delta.ts";
import {
  SampleChannel,
  type SampleComponent,
  samplePayload,
  sampleRelease,
} from "../../../tests/fakes/sample_release.ts";
import type { ReleaseDocument } from "../release/release_document.ts";
import { planStaging, spaceForSteps } from "./staging_plan.ts";

const text = (words: string) => new TextEncoder().encode(words);
/** What does not get smaller by compression. */
const noise = (seed: number) => {
  let state = seed;
  return new Uint8Array(1000).map(() => (state = state * 1_103_515_245 + 12_345 & 0x7fff_ffff) >> 16);
};
const OLD = noise(1);
const NEW = noise(2);
const delta = (length: number, from = OLD) => ({ from, bytes: new Uint8Array(length).fill(length) });
const atHand = samplePayload("aa", [{ name: "deno", content: text("deno"), unpack: true }, {
  name: "rootfs",
  content: OLD,
}]);
const embedded = samplePayload("embedded", [{ name: "agent", content: text("agent") }, {
  name: "old",
  content: NEW.slice(1),
}]);

Deno.test("planStaging() leaves where it is what the executable or the version at hand has", () => {
  assert.deepEqual(
    ways([{ name: "agent", content: text("agent") }, { name: "deno", content: text("deno"), unpack: true }]),
    [
      "embedded",
      "installed",
    ],
  );
});

Deno.test("planStaging() fetches what is at hand in another form or, if installed, under another name", () => {
  const components = [
    { name: "agent", content: text("agent"), unpack: true },
    { name: "deno", content: text("deno") },
    { name: "denos", content: text("deno"), unpack: true },
  ];
  assert.deepEqual(ways(components), ["whole", "whole", "whole"]);
});

Deno.test("planStaging() takes the smallest delta whose base is in either version, under any name", () => {
  const rootfs = {
    name: "rootfs",
    content: NEW,
    deltas: [delta(100), delta(90, NEW.slice(1)), delta(5, text("no"))],
  };
  const plan = planStaging({ release: release([rootfs]), atHand, embedded });
  const [{ way }] = plan.steps as [typeof plan.steps[0]];
  assert.ok(way.kind === "delta");
  assert.deepEqual([way.delta.length, way.base.payload, way.base.component.name], [90, embedded, "old"]);
  assert.deepEqual([plan.downloadBytes, plan.fullBytes], [90, 1_000_000]);
});

Deno.test("planStaging() takes the whole for a delta that is nearly as large, or of a format that it does not know", () => {
  assert.deepEqual(ways([{ name: "rootfs", content: NEW, deltas: [delta(700)] }]), ["whole"]);
  const known = release([{ name: "rootfs", content: NEW, deltas: [delta(100)] }]);
  const component = known.components[0]!;
  const unknown = {
    ...known,
    components: [{ ...component, deltas: [{ ...component.deltas[0]!, format: "newer-1" }] }],
  };
  assert.equal(planStaging({ release: unknown, atHand, embedded }).steps[0]!.way.kind, "whole");
});

Deno.test("planStaging() never takes the stub for a component", () => {
  const stub = { ...atHand.components[0]!, name: "stub", ...nameOf(NEW), stored: true };
  const payload = { ...atHand, components: [stub] };
  const document = release([{ name: "app", content: NEW, deltas: [delta(10)] }]);
  assert.equal(
    planStaging({ release: document, atHand: payload, embedded: payload }).steps[0]!.way.kind,
    "whole",
  );
});

Deno.test("spaceForSteps() counts all results, and the largest blob with its expanded base", () => {
  const document = release([
    { name: "agent", content: text("agent") },
    { name: "rootfs", content: NEW, deltas: [delta(100)] },
    { name: "deno", content: OLD, unpack: true },
  ]);
  const { steps } = planStaging({ release: document, atHand, embedded });
  const whole = document.components[2]!;
  assert.deepEqual(steps.map(({ way }) => way.kind), ["embedded", "delta", "whole"]);
  assert.equal(spaceForSteps(steps), 600 + 1000 + Math.max(100 + 1000, whole.full.length));
});

function release(components: readonly SampleComponent[]): ReleaseDocument {
  return sampleRelease(new SampleChannel(), components);
}

function ways(components: readonly SampleComponent[]): readonly string[] {
  return planStaging({ release: release(components), atHand, embedded }).steps.map(({ way }) => way.kind);
}
