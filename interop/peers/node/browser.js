// Drives Chromium without a window over its debugging pipe: opens the page URL, then evaluates each line of standard
// input (JSON: {"evaluate": "an expression, or a promise of one"}) in it, and prints {"ok": value} or
// {"error": {"type", "message"}}. {"evaluate": "errors"} returns what the page has logged as errors, such as violations
// of its policy. {"screenshot": "FILE"} writes a picture.
"use strict";
const { spawn } = require("child_process");
const fs = require("fs");
const os = require("os");
const path = require("path");
const readline = require("readline");

const profile = fs.mkdtempSync(path.join(os.tmpdir(), "browser-"));
const chromium = spawn("chromium", ["--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run",
  "--remote-debugging-pipe", "--user-data-dir=" + profile], { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] });
const [, , , input, output] = chromium.stdio;
const waiting = new Map();
const errors = [];
let loaded;
const load = new Promise((resolve) => { loaded = resolve; });
let count = 0;
let received = "";

output.on("data", (data) => {
  received += data;
  let end;
  while ((end = received.indexOf("\0")) >= 0) {
    const message = JSON.parse(received.slice(0, end));
    received = received.slice(end + 1);
    if (message.id) {
      waiting.get(message.id)(message);
    } else if (message.method === "Page.loadEventFired") {
      loaded();
    } else if (message.method === "Log.entryAdded" && message.params.entry.level === "error") {
      errors.push(message.params.entry.text);
    } else if (message.method === "Runtime.exceptionThrown") {
      errors.push(message.params.exceptionDetails.exception.description);
    }
  }
});

function send(method, params, sessionId) {
  return new Promise((resolve) => {
    waiting.set(++count, resolve);
    input.write(JSON.stringify({ id: count, method, params, sessionId }) + "\0");
  });
}

function end() {
  chromium.once("exit", () => {
    fs.rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
    process.exit(0);
  });
  chromium.kill();
}

(async () => {
  const target = await send("Target.createTarget", { url: "about:blank" });
  const { sessionId } = (await send("Target.attachToTarget",
    { targetId: target.result.targetId, flatten: true })).result;
  const page = (method, params = {}) => send(method, params, sessionId);
  await page("Page.enable");
  await page("Runtime.enable");
  await page("Log.enable");
  await page("Page.navigate", { url: process.argv[2] });
  await load;
  console.log("ready");
  const lines = readline.createInterface({ input: process.stdin });
  for await (const line of lines) {
    const asked = JSON.parse(line);
    if (asked.screenshot) {
      const { data } = (await page("Page.captureScreenshot", { format: "png" })).result;
      fs.writeFileSync(asked.screenshot, Buffer.from(data, "base64"));
      console.log(JSON.stringify({ ok: asked.screenshot }));
    } else if (asked.evaluate === "errors") {
      console.log(JSON.stringify({ ok: errors }));
    } else {
      const { result, exceptionDetails } = (await page("Runtime.evaluate",
        { expression: asked.evaluate, awaitPromise: true, returnByValue: true })).result;
      console.log(JSON.stringify(exceptionDetails
        ? { error: { type: "Error", message: exceptionDetails.exception?.description ?? exceptionDetails.text } }
        : { ok: result.value }));
    }
  }
  end();
})();
