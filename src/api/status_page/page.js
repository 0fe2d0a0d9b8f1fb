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

function showStatus({ version, host, engine, distro, warnings }) {
  showState(WORDS[engine.state], engine.state);
  show("version", version);
  show("stage", engine.stage ?? "");
  showProgress(engine.progress);
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

function showProgress(progress) {
  const bar = element("progress");
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

async function ask(action) {
  show("refusal", "");
  // The browser adds its Origin to this request, by which the host knows that this page made it.
  const response = await fetch(`/v1/engine/${action}`, { method: "POST" }).catch(() => undefined);
  if (response?.ok) return;
  const problem = await response?.json().catch(() => undefined);
  show(
    "refusal",
    problem === undefined ? "Windlass does not answer." : `${problem.detail}. ${problem.remedy}`,
  );
}

for (const action of Object.keys(USABLE)) element(action).addEventListener("click", () => ask(action));

element("copy").addEventListener("click", async () => {
  await navigator.clipboard.writeText(element("docker-host").textContent);
  element("copy").textContent = "Copied";
});

const events = new EventSource("/v1/events");
events.addEventListener("status", ({ data }) => showStatus(JSON.parse(data).status));
events.addEventListener("progress", ({ data }) => {
  const { stage, ...progress } = JSON.parse(data);
  show("stage", stage);
  showProgress(progress);
});
events.addEventListener("error", () => {
  showState("Windlass does not run", "gone");
  show("stage", "Run 'windlass start' and open this page again with 'windlass open'.");
  showProgress(undefined);
});
