//! A chat server to be killed: it answers, or breaks off in the middle of a sentence and waits. Prints its port.

import { createServer } from "node:http";

const HALF = ["Repartee is a server for conversations by voice, ", "and it runs on a machine of your own, ", "so that whatever you"];

function send(response, words) {
  response.write(`data: ${JSON.stringify({ choices: [{ delta: { content: words } }] })}\n\n`);
}

const server = createServer(async (request, response) => {
  let body = "";
  for await (const part of request) body += part;
  if (request.method === "GET") {
    response.end(JSON.stringify({ data: [{ id: "tiny" }] }));
    return;
  }
  const asked = JSON.parse(body).messages.at(-1).content;
  response.writeHead(200, { "Content-Type": "text/event-stream" });
  if (/what is/i.test(asked)) {
    for (const words of HALF) send(response, words);
    return;
  }
  send(response, "The chat server is speaking again.");
  response.end("data: [DONE]\n\n");
});
server.listen(Number(process.argv[2] ?? 0), "127.0.0.1", () => console.log(server.address().port));
