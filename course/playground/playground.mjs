// Playgrounds: a program of the page, in an editor, run by the real packages in the reader's browser.
//
//   <div class="playground" markdown data-packages="groundup_router">   two code blocks in it:
//     ```python  the program ```    ```text  what it prints, as the tests have seen it ```
//   data-grade="router"      the program is a learner's part, checked by the chapter's milestones
//   data-visual="router"     the fields of a form go to a picture made of what `explain` returns
//
// The page is whole without this script.  Python and the editor are fetched when somebody asks for them.

const HERE = new URL(".", import.meta.url).href;
const LIMIT = 20; // seconds that one run may take

// One Python for each playground, so that a loop in one does not hold up the other.
class Python {
  constructor(packages) {
    this.packages = packages;
    this.worker = null;
  }

  // Run a program; `on` gets its {state}, {output} and {html}.  Resolves to how it ended.
  run(code, on) {
    this.worker ??= new Worker(HERE + "worker.mjs", { type: "module" });
    return new Promise((resolve) => {
      let clock = null;
      this.finish = (how) => {
        clearTimeout(clock);
        this.finish = null;
        resolve(how);
      };
      this.worker.onmessage = ({ data }) => {
        if (data.state === "Running") clock = setTimeout(() => this.stop("late"), LIMIT * 1000);
        if (data.end) this.finish?.(data.failed ? "failed" : "done");
        else on(data);
      };
      this.worker.onerror = (event) => {
        on({ output: `Python could not be started: ${event.message || "its files are not there"}\n` });
        this.stop("failed");
      };
      this.worker.postMessage({ packages: this.packages, code });
    });
  }

  // End the worker in the middle of whatever it does; the next run starts a new one.
  stop(how = "stopped") {
    this.worker?.terminate();
    this.worker = null;
    this.finish?.(how);
  }
}

const ENDED = {
  done: "Done.",
  failed: "The program ended with an error.",
  stopped: "Stopped.",
  late: `Stopped after ${LIMIT} seconds.`,
};

function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

// The bar of buttons and the line that says what is going on.  Returns {bar, busy(on), say(text)}.
function makeBar(actions) {
  const status = element("span", { class: "playground-status", role: "status" });
  const bar = element("div", { class: "playground-bar" });
  const buttons = {};
  for (const [name, [label, action]] of Object.entries(actions)) {
    const button = element("button", { type: "button", class: "md-button playground-button" }, label);
    button.addEventListener("click", action);
    buttons[name] = button;
    bar.append(button);
  }
  bar.append(status);
  return {
    bar,
    busy: (busy) => {
      buttons.run.disabled = busy;
      if (buttons.stop) buttons.stop.disabled = !busy;
    },
    say: (text) => (status.textContent = text),
  };
}

// What is sent to Python for a program that is to be checked instead of run.
const grading = (chapter, source) =>
  `from groundup_course.inpage import check\ncheck(${JSON.stringify(chapter)}, ${JSON.stringify(source)})\n`;
const drawing = (visual, fields) =>
  `from groundup_course.visual import draw\nimport json\n` +
  `show_html(draw(${JSON.stringify(visual)}, json.loads(${JSON.stringify(JSON.stringify(fields))})))\n`;

const packagesOf = (box) => (box.dataset.packages || "").split(/\s+/).filter(Boolean);

function setUpProgram(box) {
  const blocks = [...box.querySelectorAll(".highlight")];
  const source = blocks[0].querySelector("code").textContent.replace(/\n$/, "");
  const output = blocks[1]?.querySelector("pre code") ?? element("code");
  if (!blocks[1]) box.append(element("div", { class: "highlight" }, element("pre", {}, output)));
  output.parentElement.setAttribute("tabindex", "0");
  const python = new Python(packagesOf(box));
  let editor = null;
  let running = false;

  const bar = makeBar({
    run: ["Run it here", run],
    stop: ["Stop", () => python.stop()],
    reset: ["Reset", reset],
  });
  blocks[0].after(bar.bar);
  bar.busy(false);

  async function open() {
    const { makeEditor } = await import("./editor.mjs");
    const place = element("div", { class: "playground-editor" });
    blocks[0].replaceWith(place);
    editor = makeEditor(place, source, box.dataset.label || "Program", run);
  }

  function reset() {
    python.stop();
    editor?.write(source);
    bar.say("");
  }

  async function run() {
    if (running) return;
    running = true;
    bar.busy(true);
    bar.say("Starting …"); // at once: the last run's word must not stand beside this one
    if (!editor) await open();
    output.textContent = "";
    output.setAttribute("aria-live", "polite");
    const program = editor.read();
    const code = box.dataset.grade ? grading(box.dataset.grade, program) : program;
    const ended = await python.run(code, ({ state, output: text }) => {
      if (state) bar.say(`${state} …`);
      if (text) output.textContent += text;
    });
    running = false;
    bar.busy(false);
    bar.say(ENDED[ended]);
  }
}

function setUpVisual(box) {
  const python = new Python(packagesOf(box));
  const picture = box.querySelector(".visual-picture");
  const form = box.querySelector("form");
  const bar = makeBar({ run: ["Draw it anew", draw] });
  form.append(bar.bar);
  form.hidden = false;
  form.addEventListener("submit", (event) => (event.preventDefault(), draw()));

  async function draw() {
    if (python.finish) return;
    bar.busy(true);
    bar.say("Starting …");
    const fields = Object.fromEntries(new FormData(form));
    let problem = "";
    const ended = await python.run(drawing(box.dataset.visual, fields), ({ state, output, html }) => {
      if (state) bar.say(`${state} …`);
      if (output) problem += output;
      if (html) picture.innerHTML = html; // made by our own Python, which escapes what came in
    });
    bar.busy(false);
    bar.say(problem.trim().split("\n").at(-1) || ENDED[ended]);
  }
}

// Two parts of a picture that tell of the same thing light up together: data-part="3".
function link(event) {
  const visual = event.target.closest?.(".visual");
  if (!visual) return;
  const part = event.target.closest("[data-part]")?.dataset.part;
  for (const one of visual.querySelectorAll("[data-part]")) {
    one.classList.toggle("lit", part !== undefined && one.dataset.part === part);
  }
}

for (const box of document.querySelectorAll(".playground")) setUpProgram(box);
for (const box of document.querySelectorAll(".visual[data-visual]")) setUpVisual(box);
for (const kind of ["mouseover", "focusin"]) document.addEventListener(kind, link);
