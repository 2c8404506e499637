// The plan over `@openai/agents`: node agents_client.mjs PLAN

import { readFile } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import { RealtimeAgent, RealtimeSession, tool } from "@openai/agents/realtime";
import { z } from "zod";
// What the client parses events with; it passes over in silence what does not fit.
import { parseRealtimeEvent } from "./node_modules/@openai/agents-realtime/dist/openaiRealtimeEvents.mjs";

const PIECE_MS = 40;
const BYTES_PER_MS = 48;
const PIECE = PIECE_MS * BYTES_PER_MS;

const report = (kind, fields = {}) =>
  console.log(JSON.stringify({ at: performance.now(), kind, ...fields }));

/** How far the answer to the latest question is. */
class Answers extends EventTarget {
  #reached = new Set();
  playsUntil = 0;

  expect() {
    this.#reached.clear();
  }

  take(event) {
    switch (event.type) {
      case "response.created":
        this.playsUntil = 0;
        break;
      case "response.output_audio.delta": {
        const ms = (event.delta.length * 3) / 4 / BYTES_PER_MS;
        this.playsUntil = Math.max(this.playsUntil, performance.now()) + ms;
        this.#reach("sounding");
        break;
      }
      case "response.done": {
        const { status, output } = event.response;
        const calls = output.some((item) => item.type === "function_call");
        if (status !== "cancelled" && !calls) this.#reach("ended");
      }
    }
  }

  async until(state) {
    while (!this.#reached.has(state))
      await new Promise((done) =>
        this.addEventListener("reached", done, { once: true }),
      );
  }

  #reach(state) {
    this.#reached.add(state);
    this.dispatchEvent(new Event("reached"));
  }
}

/** Sends a piece of sound every 40 ms: speech, or silence. */
class Microphone {
  #speech = Buffer.alloc(0);
  #silent = () => {};

  async run(session) {
    for (let due = performance.now(); ; due += PIECE_MS) {
      const piece = new Uint8Array(PIECE);
      piece.set(this.#speech.subarray(0, PIECE));
      this.#speech = this.#speech.subarray(PIECE);
      session.sendAudio(piece.buffer);
      if (!this.#speech.length) this.#silent();
      await pause(due + PIECE_MS - performance.now());
    }
  }

  async say(file) {
    const speech = await readFile(file);
    report("says", { file });
    const silent = new Promise((done) => {
      this.#silent = done;
    });
    this.#speech = speech;
    await silent;
    report("said", { file });
  }
}

const plan = JSON.parse(await readFile(process.argv[2], "utf8"));
const getTemperature = tool({
  name: "get_temperature",
  description: "The temperature in a city now, in degrees Celsius.",
  parameters: z.object({ city: z.string() }),
  execute: ({ city }) => {
    report("tool", { name: "get_temperature", arguments: { city } });
    return "21 degrees";
  },
});
const host = new RealtimeAgent({
  name: "Host",
  instructions: "You are a friendly host.",
  tools: [getTemperature],
});
const session = new RealtimeSession(host, {
  transport: "websocket",
  model: plan.model,
});
const answers = new Answers();
const ready = new Promise((done) => {
  session.transport.on("session.updated", (event) => {
    if (event.session.tools?.length) done();
  });
});
session.transport.on("*", (event) => {
  report("server", { event });
  if (parseRealtimeEvent({ data: JSON.stringify(event) }).isGeneric)
    report("complaint", { text: `not as the client knows it: ${event.type}` });
  answers.take(event);
});
session.on("audio", ({ data }) => report("audio", { bytes: data.byteLength }));
session.on("audio_interrupted", () => report("interrupted"));
session.on("error", ({ error }) =>
  report("complaint", { text: JSON.stringify(error) ?? String(error) }),
);

await session.connect({
  apiKey: plan.key,
  url: `${plan.url}/realtime?model=${plan.model}`,
});
await ready;
const microphone = new Microphone();
microphone.run(session);
for (const { say, over } of plan.acts) {
  answers.expect();
  await microphone.say(say);
  if (over) {
    await answers.until("sounding");
    await microphone.say(over);
  }
  await answers.until("ended");
  await pause(answers.playsUntil - performance.now());
}
const messages = session.history
  .filter((item) => item.type === "message")
  .map(({ role, content }) => ({
    role,
    text: content.map((part) => part.transcript ?? part.text ?? "").join(""),
  }));
report("history", { messages });
session.close();
process.exit(0);
