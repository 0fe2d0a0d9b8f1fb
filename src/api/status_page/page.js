// The script of the status page: shows the host's events as they arrive, and sends the requests of the buttons.

/** The names of the states; a screen reader announces changes. */
const WORDS = {
  stopped: "Stopped",
  importing: "Importing",
  starting: "Starting",
  running: "Running",
  resting: "Resting",
  stopping: "Stopping",
  failed: "Failed",
};

/** The states in which each button is enabled. */
const USABLE = {
  start: ["stopped", "resting", "failed"],
  stop: ["running", "resting", "starting", "failed"],
  restart: ["running", "failed"],
};

const element = (id) => document.getElementById(id);

function show(id, text) {
  const found = element(id);
  // Setting the same text again would make a screen reader announce it again.
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

/** Why the engine keeps running, or when it will stop on its own. */
function keptText({ state, keptBy, stopsAt }) {
  if (state !== "running") return "–";
  if (keptBy.length > 0) return keptBy.map(({ what }) => what).join(", ");
  return stopsAt === null ? "–" : `nothing; it stops at ${new Date(stopsAt).toLocaleTimeString()}`;
}

/** The offered version, for the Skip button. */
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
  // A build without a channel can check and install nothing; it still shows its version.
  for (const id of ["check", "install", "skip"]) element(id).hidden = !update.hasChannel;
  element("check").disabled = !rests;
  element("install").disabled = !rests || (step === "idle" && offer?.means !== "install");
  element("skip").disabled = !rests || offer === undefined;
}

/** The running version and the available one, in one sentence. */
function updateText({ current, step, stage, offer, noOffer, waitsFor }) {
  const runs = `Windlass ${current.version} is running`;
  const next = offer === undefined ? "the new version" : offer.version;
  switch (step) {
    case "idle":
      if (offer === undefined) return `${noOffer ?? runs}.`;
      return `${runs}; ${next} is available${sizeText(offer)}.`;
    case "ready":
      return `${runs}; ${next} is ready to install.`;
    case "waiting-for-idle": {
      const reasons = waitsFor.map(({ what }) => what).join(", ");
      return `${next} will be installed once nothing is running${
        reasons === "" ? "" : `; waiting for ${reasons}`
      }. Run 'windlass update install --now' to install it now.`;
    }
    default:
      return `${stage} ...`;
  }
}

/** The size of the download, if there is one. */
function sizeText({ means, downloadBytes, fullBytes }) {
  if (means !== "install" || downloadBytes === 0) return "";
  const megabytes = (bytes) => (bytes / 1e6).toFixed(1);
  return `; the download is ${megabytes(downloadBytes)} MB of ${megabytes(fullBytes)} MB`;
}

/** How to get an offer that this page cannot install. */
function wayText(offer) {
  switch (offer?.means) {
    case "package-manager":
      return offer.command === undefined
        ? "The administrator of this machine installs it."
        : `Install it with your package manager: ${offer.command}`;
    case "executable":
      return "This version cannot install it. Download the newest executable, and run it in place of this one.";
    default:
      return "";
  }
}

/** Where this origin stores the key of its page. Other ports of the machine share its cookie, but not this. */
const KEY = "windlass-page-key";

const [, given] = /^#key=([0-9a-f]{64})$/.exec(location.hash) ?? [];
if (given !== undefined) {
  // For other tabs, and for a reload of this one.
  localStorage.setItem(KEY, given);
  history.replaceState(null, "", "/");
}

/** Sends a request with the current key: another tab may have stored a new one. */
function fetchWithKey(path, { headers = {}, ...options } = {}) {
  return fetch(path, { ...options, headers: { ...headers, [KEY]: localStorage.getItem(KEY) ?? "" } });
}

/** Sends a request; a refusal is shown below the buttons. */
async function ask(path, refusal, body) {
  show(refusal, "");
  // The browser adds an Origin header, which shows the host that this page made the request.
  const response = await fetchWithKey(path, {
    method: "POST",
    ...body === undefined
      ? {}
      : { body: JSON.stringify(body), headers: { "content-type": "application/json" } },
  }).catch(() => undefined);
  if (response?.ok) return;
  const problem = await response?.json().catch(() => undefined);
  show(
    refusal,
    problem === undefined ? "Windlass does not respond." : `${problem.detail}. ${problem.remedy}`,
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

const SHOW = {
  status: ({ status }) => showStatus(status),
  progress: ({ stage, ...progress }) => {
    show("stage", stage);
    showProgress("progress", progress);
  },
  "update-progress": (progress) => showProgress("update-progress", progress),
};

/** Milliseconds until the events are requested again. */
const RETRY = 3_000;

/** Shows the events as they arrive, and reconnects when they end. An EventSource could not send the key. */
async function follow() {
  while (true) {
    const response = await fetchWithKey("/v1/events").catch(() => undefined);
    if (response?.ok) await showEvents(response.body.pipeThrough(new TextDecoderStream()).getReader());
    if (response?.status === 401) {
      return showGone("This page is closed", "Open it again with 'windlass open'.");
    }
    showGone("Windlass is not running", "Run 'windlass open' to start it and open this page again.");
    await new Promise((resolve) => setTimeout(resolve, RETRY));
  }
}

/** Shows events until the stream ends or fails. */
async function showEvents(reader) {
  let text = "";
  while (true) {
    const { value } = await reader.read().catch(() => ({}));
    if (value === undefined) return;
    const events = (text + value).split("\n\n");
    text = events.pop();
    events.forEach(showEvent);
  }
}

/** One event: lines such as `event: status` and `data: {...}`. A line that begins with a colon is a heartbeat. */
function showEvent(text) {
  const fields = Object.fromEntries(
    text.split("\n").map((line) => [line.split(":", 1)[0], line.slice(line.indexOf(":") + 1).trim()]),
  );
  if (fields.data !== undefined) SHOW[fields.event]?.(JSON.parse(fields.data));
}

function showGone(words, stage) {
  showState(words, "gone");
  show("stage", stage);
  showProgress("progress", undefined);
  element("update").hidden = true;
}

follow();
