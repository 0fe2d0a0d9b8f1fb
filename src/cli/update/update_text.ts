import type { UpdateOffer, UpdateStatus } from "../../api/resources/updates.ts";
import { byteText } from "../text/byte_text.ts";
import { timeText } from "../text/time_text.ts";

/** How much a version is to download, such as "1.8 MB to download of 142.0 MB". Pure. */
export function sizeText({ downloadBytes, fullBytes }: UpdateOffer): string {
  if (downloadBytes === 0) return "already downloaded";
  return `${byteText(downloadBytes)} to download of ${byteText(fullBytes)}`;
}

/** What is offered, in lines: version, size and notes. Pure. */
export function offerText(offer: UpdateOffer, running: string): string {
  return `${offerHead(offer, running)}\n${notesText(offer)}`;
}

function offerHead(offer: UpdateOffer, running: string): string {
  const size = offer.means === "install" ? ` (${sizeText(offer)})` : "";
  const security = offer.severity === "security" ? " It fixes a security vulnerability." : "";
  if (offer.reason !== "withdrawn") return `Windlass ${offer.version} is available${size}.${security}`;
  return `Windlass ${running} was withdrawn and is replaced by ${offer.version}${size}.${security}`;
}

function notesText({ notes, notesUrl, undo }: UpdateOffer): string {
  const lines = notes.trim() === "" ? [] : notes.trim().split("\n").map((line) => `  ${visible(line)}`);
  if (notesUrl !== undefined) lines.push(`  ${notesUrl}`);
  if (!undo) {
    lines.push("It cannot be rolled back: the previous version cannot read the data that it writes.");
  }
  return lines.map((line) => `${line}\n`).join("");
}

/** Notes come from outside: without control characters, which a terminal would follow. */
function visible(line: string): string {
  return line.replaceAll(/\p{Cc}/gu, " ");
}

/** What to do to get an offered version, as a sentence. Pure. */
export function wayText({ means, command, version }: UpdateOffer): string {
  switch (means) {
    case "install":
      return "'windlass update install' installs it; 'windlass update skip " +
        `${version}' hides it.`;
    case "package-manager":
      return command === undefined
        ? "Your administrator installs it; the setting update.selfManaged can change that."
        : `Your package manager installs it: ${command}`;
    case "executable":
      return "This version cannot install it: download the latest executable, and run it in place of this one.";
  }
}

/** What an update waits for, and how not to wait. Pure. */
export function waitingText({ waitsFor }: UpdateStatus, version: string): string {
  const reasons = waitsFor.map(({ what }) => what).join(", ");
  return `Windlass ${version} is ready and takes over when the engine is idle` +
    `${reasons === "" ? "" : `; it is waiting for ${reasons}`}.\n` +
    "'windlass update install --now' switches immediately: it stops all containers, then restarts those with a restart policy.\n";
}

/** Which version is running, which is available, and what is in progress. Pure. */
export function describeUpdate(found: UpdateStatus): string {
  const { current, previous, offer, problem, pinned } = found;
  const rows: [string, string][] = [
    ["Version", `${current.version}${current.trial ? ", on trial" : ""}`],
  ];
  if (previous !== undefined) {
    rows.push(["Previous", `${previous.version}; 'windlass update rollback' returns to it`]);
  }
  rows.push(["Channel", channelText(found)]);
  if (found.managedBy !== "direct") rows.push(["Installed by", OWNER_TEXT[found.managedBy]]);
  if (found.hasChannel) rows.push(["Last check", timeText(found.lastCheck) ?? "none yet"]);
  if (found.nextCheck !== null) rows.push(["Next check", timeText(found.nextCheck)]);
  const step = stepText(found);
  if (step !== undefined) rows.push(["Now", step]);
  if (offer !== undefined) {
    const [head = "", ...more] = offerText(offer, current.version).trimEnd().split("\n");
    rows.push(["Update", head], ...more.map((line): [string, string] => ["", line]));
    if (step === undefined) rows.push(["", wayText(offer)]);
  }
  if (offer === undefined && found.noOffer !== undefined) rows.push(["Update", found.noOffer]);
  if (problem !== undefined) {
    rows.push(["Problem", problem.message], ["", `${problem.code}: ${problem.remedy}`]);
  }
  if (pinned !== null) rows.push(["Pinned", `${pinned}; 'windlass update unpin' removes it`]);
  if (found.skipped.length > 0) rows.push(["Skipped", found.skipped.join(", ")]);
  for (const { version, reason } of found.bad) rows.push(["Failed", `${version}: ${reason}`]);
  return rows.map(([label, text]) => `${label.padEnd(13)}${text}\n`).join("");
}

function channelText({ hasChannel, channel, mode }: UpdateStatus): string {
  return hasChannel ? `${channel}, ${MODE_TEXT[mode]}` : "none: this build of Windlass has no update channel";
}

const MODE_TEXT: Readonly<Record<UpdateStatus["mode"], string>> = {
  off: "checked on request only",
  notify: "new versions are shown",
  download: "new versions are downloaded",
  auto: "new versions are installed when the engine is idle",
};

const OWNER_TEXT: Readonly<Record<Exclude<UpdateStatus["managedBy"], "direct">, string>> = {
  winget: "winget, which updates it",
  scoop: "Scoop, which updates it",
  managed: "an administrator, who updates it",
};

/** The status of updates in one line, for `windlass status`; nothing if there is nothing to report. Pure. */
export function updateLine(found: UpdateStatus): string | undefined {
  const step = stepText(found);
  if (step !== undefined || found.offer === undefined) return step;
  return `${offerHead(found.offer, found.current.version)} Run 'windlass update' for details.`;
}

/** What is being done, in a few words; nothing while nothing is. Pure. */
export function stepText({ step, stage, progress, waitsFor, offer }: UpdateStatus): string | undefined {
  switch (step) {
    case "idle":
      return undefined;
    case "ready":
      return `${
        offer === undefined ? "a version" : offer.version
      } is ready; 'windlass update install' switches to it`;
    case "waiting-for-idle": {
      const reasons = waitsFor.map(({ what }) => what).join(", ");
      return `switches when the engine is idle${reasons === "" ? "" : `; waiting for ${reasons}`}`;
    }
    default: {
      const part = progress === undefined || progress.total === 0
        ? ""
        : `, ${byteText(progress.done)} of ${byteText(progress.total)}`;
      return `${stage ?? step}${part}`;
    }
  }
}
