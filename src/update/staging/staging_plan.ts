import type { Component } from "../../payload/executable_codec.ts";
import type { Payload } from "../../payload/payload.ts";
import { DELTA_FORMAT } from "../delta/delta_header.ts";
import type { ReleaseComponent, ReleaseDelta, ReleaseDocument } from "../release/release_document.ts";
import { LOCAL_FRAME_SHARE, MAX_DELTA_SHARE } from "./staging_limits.ts";

/** From what a release is staged. */
export interface StagingSources {
  readonly release: ReleaseDocument;
  /** The version that runs. */
  readonly atHand: Payload;
  /** The version that the executable carries; it may be the same one. */
  readonly embedded: Payload;
}

/** A component that a delta can be applied to. */
export interface DeltaBase {
  readonly payload: Payload;
  readonly component: Component;
}

/** How one component comes. */
export type StagingWay =
  | { readonly kind: "embedded" | "installed" | "whole" }
  | { readonly kind: "delta"; readonly delta: ReleaseDelta; readonly base: DeltaBase };

/** One component and how it comes. */
export interface StagingStep {
  readonly component: ReleaseComponent;
  readonly way: StagingWay;
}

/** How a release comes. */
export interface StagingPlan {
  /** In the order of the release. */
  readonly steps: readonly StagingStep[];
  /** What has to be fetched if every delta does its work, in bytes. */
  readonly downloadBytes: number;
  /** What the release's executable takes to download, in bytes. */
  readonly fullBytes: number;
}

/**
 * Decides how each component of a release comes: from the executable, from the version at hand, by a delta from either, or whole.
 * Pure; what has been staged already is not included.
 *
 * @example
 * ```ts
 * const { downloadBytes, fullBytes } = planStaging({ release, atHand, embedded }); // "18 MB of 142 MB"
 * ```
 */
export function planStaging(sources: StagingSources): StagingPlan {
  const steps = sources.release.components.map((component) => ({
    component,
    way: wayOf(component, sources),
  }));
  return {
    steps,
    downloadBytes: steps.reduce((sum, step) => sum + stepBytes(step), 0),
    fullBytes: sources.release.executable.length,
  };
}

/** What has to be fetched for one component, in bytes. Pure. */
export function stepBytes({ component, way }: StagingStep): number {
  switch (way.kind) {
    case "embedded":
    case "installed":
      return 0;
    case "delta":
      return way.delta.length;
    case "whole":
      return component.full.length;
  }
}

/** Bytes of disk that these steps take at most: all results, and what the largest of them needs on the way. Pure. */
export function spaceForSteps(steps: readonly StagingStep[]): number {
  const results = steps.reduce((sum, step) => sum + resultBytes(step), 0);
  return results + Math.max(0, ...steps.map(passingBytes));
}

function resultBytes({ component, way }: StagingStep): number {
  if (way.kind === "embedded" || way.kind === "installed") return 0;
  if (component.unpack) return component.length;
  return way.kind === "delta" ? Math.ceil(component.length * LOCAL_FRAME_SHARE) : component.full.length;
}

/** The blob, and the base of a delta expanded. */
function passingBytes(step: StagingStep): number {
  return stepBytes(step) + (step.way.kind === "delta" ? step.way.base.component.rawLength : 0);
}

function wayOf(component: ReleaseComponent, { atHand, embedded }: StagingSources): StagingWay {
  const { id, name, unpack } = component;
  if (embedded.components.some((other) => isContent(other) && other.id === id && other.unpack === unpack)) {
    return { kind: "embedded" };
  }
  const isSame = (other: Component) => other.id === id && other.name === name && other.unpack === unpack;
  if (atHand.components.some((other) => isContent(other) && isSame(other))) return { kind: "installed" };
  const limit = component.full.length * MAX_DELTA_SHARE;
  const [first] = component.deltas
    .filter(({ format, length }) => format === DELTA_FORMAT && length <= limit)
    .toSorted((one, other) => one.length - other.length)
    .flatMap((delta) => findBase(delta.from, [atHand, embedded]).map((base) => ({ delta, base })));
  return first ? { kind: "delta", ...first } : { kind: "whole" };
}

function findBase(id: string, payloads: readonly Payload[]): DeltaBase[] {
  return payloads.flatMap((payload) =>
    payload.components.filter((component) => isContent(component) && component.id === id)
      .map((component) => ({ payload, component }))
  ).slice(0, 1);
}

/** Everything but the stub. */
function isContent({ stored }: Component): boolean {
  return !stored;
}
