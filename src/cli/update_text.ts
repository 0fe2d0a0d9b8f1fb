import type { UpdateOffer, UpdateStatus, UpdateStepName } from "../api/schemas.ts";
import { byteText } from "./commands/ports.ts";

/** What is being done, as a progress line shows it; nothing for steps in which nothing is done. */
export const STEP_TEXT: Readonly<Partial<Record<UpdateStepName, string>>> = {
  checking: "Asking the channel",
  downloading: "Downloading",
  preparing: "Preparing the new engine",
  switching: "Switching",
  trial: "Trying out the new version",
};

/** How much a version is to download, such as "downloads 1.8 MB of 142.0 MB". Pure. */
export function sizeText({ downloadBytes, fullBytes }: UpdateOffer): string {
  if (downloadBytes === 0) return "is downloaded";
  return `downloads ${byteText(downloadBytes)} of ${byteText(fullBytes)}`;
}

/** What is offered, in lines: version, size and notes. Pure. */
export function offerText(offer: UpdateOffer, running: string): string {
  return `${offerHead(offer, running)}\n${notesText(offer)}`;
}

function offerHead(offer: UpdateOffer, running: string): string {
  const size = offer.means === "install" ? `; it ${sizeText(offer)}` : "";
  const security = offer.severity === "security" ? " It closes a security hole." : "";
  if (offer.reason !== "withdrawn") return `Windlass ${offer.version} can be installed${size}.${security}`;
  return `Windlass ${running} was withdrawn, and ${offer.version} takes its place${size}.${security}`;
}

function notesText({ notes, notesUrl, undo }: UpdateOffer): string {
  const lines = notes.trim() === "" ? [] : notes.trim().split("\n").map((line) => `  ${visible(line)}`);
  if (notesUrl !== undefined) lines.push(`  ${notesUrl}`);
  if (!undo) lines.push("It cannot be undone: the version before it cannot read the data that it writes.");
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
        ? "Whoever manages this machine installs it; the setting update.selfManaged can change that."
        : `Your package manager installs it: ${command}`;
    case "executable":
      return "This version cannot install it: download the newest executable, and run it in place of this one.";
  }
}

/** What an update waits for, and how not to wait. Pure. */
export function waitingText({ waitsFor }: UpdateStatus, version: string): string {
  const reasons = waitsFor.map(({ what }) => what).join(", ");
  return `Windlass ${version} is ready, and takes over when nothing runs any more` +
    `${reasons === "" ? "" : `; it waits for ${reasons}`}.\n` +
    "'windlass update install --now' does it now: that stops the containers, and starts those again that have a restart policy.\n";
}

/** Which version runs, which could, and what is being done about it. Pure. */
export function describeUpdate(found: UpdateStatus): string {
  const { current, previous, offer, problem, pinned } = found;
  const rows: [string, string][] = [
    ["Version", `${current.version}${current.trial ? ", on trial" : ""}`],
  ];
  if (previous !== undefined) {
    rows.push(["Before", `${previous.version}; 'windlass update rollback' goes back to it`]);
  }
  rows.push(["Channel", `${found.channel}, ${MODE_TEXT[found.mode]}`]);
  if (found.managedBy !== "direct") rows.push(["Installed by", OWNER_TEXT[found.managedBy]]);
  rows.push(["Last check", found.lastCheck ?? "none yet"]);
  if (found.nextCheck !== null) rows.push(["Next check", found.nextCheck]);
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
  if (pinned !== null) rows.push(["Pinned", `${pinned}; 'windlass update unpin' takes it away`]);
  if (found.skipped.length > 0) rows.push(["Skipped", found.skipped.join(", ")]);
  for (const { version, reason } of found.bad) rows.push(["Failed", `${version}: ${reason}`]);
  return rows.map(([label, text]) => `${label.padEnd(13)}${text}\n`).join("");
}

const MODE_TEXT: Readonly<Record<UpdateStatus["mode"], string>> = {
  off: "asked on request only",
  notify: "new versions are told",
  download: "new versions are downloaded",
  auto: "new versions are installed when nothing runs",
};

const OWNER_TEXT: Readonly<Record<Exclude<UpdateStatus["managedBy"], "direct">, string>> = {
  winget: "winget, which updates it",
  scoop: "Scoop, which updates it",
  managed: "whoever manages this machine, who updates it",
};

/** The status of updates in one line, for the status of all; nothing where there is nothing to tell. Pure. */
export function updateLine(found: UpdateStatus): string | undefined {
  const step = stepText(found);
  if (step !== undefined || found.offer === undefined) return step;
  return `${offerHead(found.offer, found.current.version)} 'windlass update' tells more.`;
}

/** What is being done, in a few words; nothing while nothing is. Pure. */
export function stepText({ step, progress, waitsFor, offer }: UpdateStatus): string | undefined {
  switch (step) {
    case "idle":
      return undefined;
    case "ready":
      return `${
        offer === undefined ? "a version" : offer.version
      } is ready; 'windlass update install' switches to it`;
    case "waiting-for-idle": {
      const reasons = waitsFor.map(({ what }) => what).join(", ");
      return `switches when nothing runs any more${reasons === "" ? "" : `; waits for ${reasons}`}`;
    }
    default: {
      const part = progress === undefined || progress.total === 0
        ? ""
        : `, ${byteText(progress.done)} of ${byteText(progress.total)}`;
      return `${STEP_TEXT[step]}${part}`;
    }
  }
}
