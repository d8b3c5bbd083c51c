//! A tiny server of the page's own files, which plays the calls endpoint as a test tells it to.

import { EventEmitter, once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";

const SRC = new URL("../src/", import.meta.url);

/** The table of the crate is the only list of what the page is made of. */
async function tableOf() {
  const rust = await readFile(new URL("lib.rs", SRC), "utf8");
  const mimes = Object.fromEntries([...rust.matchAll(/^const (\w+): &str = "(.*)";$/gm)].map((found) => [found[1], found[2]]));
  const rows = [...rust.matchAll(/^\s+"(\/\S+)" = "(\S+)", (\w+);$/gm)];
  return new Map(rows.map(([, path, file, mime]) => [path, { file: new URL(file, SRC), mime: mimes[mime] }]));
}

async function policyOf() {
  const rust = await readFile(new URL("lib.rs", SRC), "utf8");
  const [, text] = rust.match(/CONTENT_SECURITY_POLICY: &str = "([^"]+)"/);
  return text.replace(/\\\n\s*/g, "");
}

/**
 * Serves the page on a free port. `answer` decides each offer: {status, headers, body}, or "drop" to break the line.
 * @returns {Promise<{url: string, requests: object[], answer: Function, close: Function}>}
 */
export async function serve() {
  const table = await tableOf();
  const policy = await policyOf();
  const arrivals = new EventEmitter();
  const state = {
    requests: [],
    /** Waits for a request of this kind, `POST /path`, that came or is to come. */
    async until(wanted) {
      while (!state.requests.some((one) => `${one.method} ${one.path}` === wanted)) await once(arrivals, "request", { signal: AbortSignal.timeout(10_000) });
    },
    answer: () => ({ status: 201, headers: { location: "/v1/realtime/calls/call_1" }, body: "v=0\r\n" }),
  };
  const server = createServer(async (request, response) => {
    const path = new URL(request.url, "http://localhost").pathname;
    let body = "";
    for await (const piece of request) body += piece;
    state.requests.push({ method: request.method, path, headers: request.headers, body });
    arrivals.emit("request");
    if (path === "/v1/repartee/ice") return reply(response, 200, {}, '{"iceServers":[]}');
    if (path === "/v1/realtime/calls") {
      const chosen = state.answer({ headers: request.headers, body });
      if (chosen === "drop") return request.socket.destroy();
      return reply(response, chosen.status, chosen.headers ?? {}, chosen.body ?? "");
    }
    if (path.endsWith("/hangup")) return reply(response, 200, {}, "");
    const entry = table.get(path === "/" ? "/index.html" : path);
    if (!entry) return reply(response, 404, {}, "");
    const headers = { "content-type": entry.mime, "content-security-policy": policy, "access-control-allow-origin": "*" };
    return reply(response, 200, headers, await readFile(entry.file));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  state.url = `http://127.0.0.1:${server.address().port}`;
  state.close = () => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  };
  return state;
}

function reply(response, status, headers, body) {
  response.writeHead(status, headers);
  response.end(body);
}
