// The status page in a browser: shows the events of the host as they come, and asks it to start and stop the engine.

/** The state in words; a screen reader reads them out when they change. */
const WORDS = {
  stopped: "Stopped",
  importing: "Importing",
  starting: "Starting",
  running: "Running",
  stopping: "Stopping",
  failed: "Failed",
};

/** In which states a button does something. */
const USABLE = {
  start: ["stopped", "failed"],
  stop: ["running", "starting", "failed"],
  restart: ["running", "failed"],
};

const element = (id) => document.getElementById(id);

function show(id, text) {
  const found = element(id);
  // The same text again would be read out again.
  if (found.textContent !== text) found.textContent = text;
  found.hidden = text === "";
}

function showState(words, state) {
  show("state", words);
  document.body.dataset.state = state;
  document.title = `${words} - Windlass`;
  for (const [action, states] of Object.entries(USABLE)) element(action).disabled = !states.includes(state);
}

function showStatus({ version, host, engine, distro, warnings, update }) {
  showState(WORDS[engine.state], engine.state);
  show("version", version);
  show("stage", engine.stage ?? "");
  showProgress("progress", engine.progress);
  showUpdate(update);
  show("docker", engine.dockerVersion ?? "not running");
  show("since", engine.since === null ? "–" : new Date(engine.since).toLocaleString());
  show("docker-host", engine.dockerHost);
  show(
    "distro",
    distro.rootfs === null ? "not imported yet" : `${distro.name}, ${distro.rootfs.slice(0, 12)}`,
  );
  show("process", String(host.pid));
  const problems = engine.problem === undefined ? warnings : [engine.problem, ...warnings];
  element("warnings").replaceChildren(...problems.map(problemBox));
  show("kept", keptText(engine));
}

function showProgress(id, progress) {
  const bar = element(id);
  bar.hidden = progress === undefined || progress.total === 0;
  if (bar.hidden) return;
  bar.max = progress.total;
  bar.value = progress.done;
}

function problemBox({ code, message, remedy }) {
  const box = document.createElement("div");
  box.className = "problem";
  for (const [text, name] of [[message, ""], [remedy, ""], [code, "code"]]) {
    const line = document.createElement("p");
    line.textContent = text;
    line.className = name;
    box.append(line);
  }
  return box;
}

/** Why the engine goes on, or when it ends by itself. */
function keptText({ state, keptBy, stopsAt }) {
  if (state !== "running") return "–";
  if (keptBy.length > 0) return keptBy.map(({ what }) => what).join(", ");
  return stopsAt === null ? "–" : `nothing; it stops at ${new Date(stopsAt).toLocaleTimeString()}`;
}

/** The version that is offered, for the button that hides it. */
let offered;

function showUpdate(update) {
  element("update").hidden = update === undefined;
  if (update === undefined) return;
  const { step, offer, problem, progress } = update;
  const rests = step === "idle" || step === "ready";
  offered = offer?.version;
  show("update-state", updateText(update));
  showProgress("update-progress", progress);
  show("update-notes", offer?.notes ?? "");
  show("update-way", wayText(offer));
  element("update-problem").replaceChildren(...problem === undefined ? [] : [problemBox(problem)]);
  element("check").disabled = !rests;
  element("install").disabled = !rests || (step === "idle" && offer?.means !== "install");
  element("skip").disabled = !rests || offer === undefined;
}

/** What runs and what could, in one sentence. */
function updateText({ current, step, offer, noOffer, waitsFor }) {
  const runs = `Windlass ${current.version} runs`;
  const next = offer === undefined ? "the new version" : offer.version;
  switch (step) {
    case "idle":
      if (offer === undefined) return `${noOffer ?? runs}.`;
      return `${runs}; ${next} can be installed${sizeText(offer)}.`;
    case "ready":
      return `${runs}; ${next} is ready to be installed.`;
    case "waiting-for-idle": {
      const reasons = waitsFor.map(({ what }) => what).join(", ");
      return `${next} takes over when nothing runs any more${
        reasons === "" ? "" : `; it waits for ${reasons}`
      }. 'windlass update install --now' does it now.`;
    }
    default:
      return `${STEPS[step]} ...`;
  }
}

const STEPS = {
  checking: "Asking the channel",
  downloading: "Downloading",
  preparing: "Preparing the new engine",
  switching: "Switching",
  trial: "Trying out the new version",
};

/** How much is to be downloaded, if anything is. */
function sizeText({ means, downloadBytes, fullBytes }) {
  if (means !== "install" || downloadBytes === 0) return "";
  const megabytes = (bytes) => (bytes / 1e6).toFixed(1);
  return `; it downloads ${megabytes(downloadBytes)} MB of ${megabytes(fullBytes)} MB`;
}

/** What this page cannot do about an offer. */
function wayText(offer) {
  switch (offer?.means) {
    case "package-manager":
      return offer.command === undefined
        ? "Whoever manages this machine installs it."
        : `Your package manager installs it: ${offer.command}`;
    case "executable":
      return "This version cannot install it: download the newest executable, and run it in place of this one.";
    default:
      return "";
  }
}

/** Asks the host; what it refuses is shown below the buttons. */
async function ask(path, refusal, body) {
  show(refusal, "");
  // The browser adds its Origin to this request, by which the host knows that this page made it.
  const response = await fetch(path, {
    method: "POST",
    ...body === undefined
      ? {}
      : { body: JSON.stringify(body), headers: { "content-type": "application/json" } },
  }).catch(() => undefined);
  if (response?.ok) return;
  const problem = await response?.json().catch(() => undefined);
  show(
    refusal,
    problem === undefined ? "Windlass does not answer." : `${problem.detail}. ${problem.remedy}`,
  );
}

for (const action of Object.keys(USABLE)) {
  element(action).addEventListener("click", () => ask(`/v1/engine/${action}`, "refusal"));
}

const askUpdate = (verb, body) => ask(`/v1/update/${verb}`, "update-refusal", body);
element("check").addEventListener("click", () => askUpdate("check"));
element("install").addEventListener("click", () => askUpdate("install", {}));
element("skip").addEventListener("click", () => askUpdate("skip", { version: offered }));

element("copy").addEventListener("click", async () => {
  await navigator.clipboard.writeText(element("docker-host").textContent);
  element("copy").textContent = "Copied";
});

const events = new EventSource("/v1/events");
events.addEventListener("status", ({ data }) => showStatus(JSON.parse(data).status));
events.addEventListener("progress", ({ data }) => {
  const { stage, ...progress } = JSON.parse(data);
  show("stage", stage);
  showProgress("progress", progress);
});
events.addEventListener("update-progress", ({ data }) => showProgress("update-progress", JSON.parse(data)));
events.addEventListener("error", () => {
  showState("Windlass does not run", "gone");
  show("stage", "Run 'windlass start' and open this page again with 'windlass open'.");
  showProgress("progress", undefined);
  element("update").hidden = true;
});
