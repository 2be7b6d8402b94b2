// Python in a worker: the real packages, in a thread of their own that the page can end.
//
//   page   -> worker   {packages: ["groundup_router"], code: "..."}
//   worker -> page     {state: "..."}  {output: "..."}  {html: "..."}  {end: true, failed: bool}
//
// A worker runs one program after the other and keeps nothing between them but imported modules.
// What never ends is ended by the page: worker.terminate().
import { loadPyodide } from "./pyodide/pyodide.mjs";

const HERE = new URL(".", import.meta.url).href;
const MAX_OUTPUT = 64 * 1024; // characters that one program may print

let written = 0;
const installed = new Set();

function print(text) {
  if (written > MAX_OUTPUT) return;
  written += text.length;
  postMessage({ output: written > MAX_OUTPUT ? "\n... more than a page wants to show\n" : text });
}

const starting = loadPyodide({
  indexURL: HERE + "pyodide/",
  stdout: (line) => print(line + "\n"),
  stderr: (line) => print(line + "\n"),
});

async function install(python, packages) {
  for (const name of packages) {
    if (installed.has(name)) continue;
    postMessage({ state: `Fetching ${name}` });
    const answer = await fetch(`${HERE}packages/${name}.zip`);
    if (!answer.ok) throw new Error(`${name}.zip: status ${answer.status}`);
    python.unpackArchive(await answer.arrayBuffer(), "zip", { extractDir: SITE });
    installed.add(name);
  }
  python.pyimport("importlib").invalidate_caches();
}

const SITE = "/lib/site";
// A traceback as Python shows it, without the lines of those who called the program.
const RUN = `
import sys, traceback
from pyodide.code import eval_code_async
if "${SITE}" not in sys.path:
    sys.path.insert(0, "${SITE}")
async def run(code):
    names = {"__name__": "__main__", "show_html": show_html}
    try:
        await eval_code_async(code, names, filename="<your program>")
    except SystemExit:
        return False
    except BaseException as error:
        trace = error.__traceback__
        while trace is not None and trace.tb_frame.f_code.co_filename != "<your program>":
            trace = trace.tb_next
        traceback.print_exception(type(error), error, trace, chain=False)
        return True
    return False
run
`;
let run;

onmessage = async ({ data: { packages, code } }) => {
  written = 0;
  try {
    if (!run) postMessage({ state: "Starting Python" });
    const python = await starting;
    python.FS.mkdirTree(SITE);
    await install(python, packages);
    if (!run) {
      python.globals.set("show_html", (html) => postMessage({ html }));
      run = python.runPython(RUN);
    }
    postMessage({ state: "Running" });
    postMessage({ end: true, failed: await run(code) });
  } catch (error) {
    print(`${error}\n`);
    postMessage({ end: true, failed: true });
  }
};
