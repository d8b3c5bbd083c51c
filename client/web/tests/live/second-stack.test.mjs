//! A call from aiortc: a second, independent WebRTC stack talks to the same server.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { serve, wav } from "./rig.mjs";

const PYTHON = process.env.REPARTEE_TEST_PYTHON;
const SCRIPT = fileURLToPath(new URL("second_stack.py", import.meta.url));

test("aiortc speaks, is understood, hears the answer and types", async () => {
  assert.ok(PYTHON && existsSync(PYTHON), "run through client/web/tests/run.sh, which sets up aiortc");
  const folder = mkdtempSync(join(tmpdir(), "repartee-aiortc-"));
  const server = await serve();
  try {
    const question = join(folder, "question.wav");
    writeFileSync(question, Buffer.from(wav("how do i change the voice"), "base64"));
    const { stdout } = await promisify(execFile)(PYTHON, [SCRIPT, server.url, question]);
    const call = JSON.parse(stdout);
    assert.match(call.heard, /change the voice/);
    assert.match(call.spoken, /voice/i);
    assert.match(call.typed, /repartee/i);
    assert.ok(call.loudest > 2_000, "the answer is audible");
    assert.deepEqual(call.errors, []);
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
});
