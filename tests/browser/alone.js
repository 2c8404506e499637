// The widget on a plain page: a model made by hand plays the notebook and the kernel.
import widget from "./widget.js";

const listeners = new Map();
const sent = [];
const said = [];
let dead = false;

const traits = {
  model: "test",
  voice: "alloy",
  system: "",
  speed: 1,
  temperature: 0.8,
  turn_detection: "server_vad",
  status: "disconnected",
  error: {},
  notice: "",
  capabilities: {
    backend: "test",
    label: "a test",
    models: [],
    voices: [],
    temperature: null,
    temperature_reason: "",
    speed: null,
    turn_detection: ["server_vad", "push_to_talk"],
  },
  local_voice: {},
  usage: {},
  latency: {},
  output_chunk: {},
  text: "",
};

const fire = (event, ...values) => {
  for (const listener of [...(listeners.get(event) ?? [])]) listener(...values);
};
const put = (name, value) => {
  traits[name] = value;
  fire(`change:${name}`);
};
const tell = (message) => fire("msg:custom", message, []);

const answers = {
  hello: () =>
    tell({
      type: "snapshot",
      epoch: "epoch",
      next_seq: said.length,
      items: [],
    }),
  connect: () => put("status", "ready"),
  disconnect: () => put("status", "disconnected"),
  resend: ({ from, to }) =>
    tell({ type: "chunks", chunks: said.slice(from, to + 1) }),
};

const model = {
  get: (name) => traits[name],
  set: put,
  save_changes() {},
  on: (event, listener) =>
    listeners.set(event, [...(listeners.get(event) ?? []), listener]),
  off: (event, listener) =>
    listeners.set(
      event,
      (listeners.get(event) ?? []).filter((other) => other !== listener),
    ),
  send(message) {
    if (dead) throw new Error("Cannot send");
    sent.push(message);
    setTimeout(() => answers[message.type]?.(message));
  },
};

const views = [];
const whole = new AbortController();
const { initialize, render } = widget();

window.alone = {
  sent,
  said,
  put,
  tell,
  of: (type) => sent.filter((message) => message.type === type),
  /** Says base64 PCM16 of an answer; pieces whose number is in `lost` do not arrive. */
  async say(pieces, { item = "item", response = "response", lost = [] } = {}) {
    for (const content of pieces) {
      const seq = said.length;
      const chunk = {
        type: "chunk",
        node_id: null,
        content_type: "audio",
        content,
        content_metadata: {
          seq,
          epoch: "epoch",
          response_id: response,
          item_id: item,
          content_index: 0,
        },
        done: false,
      };
      said.push(chunk);
      if (!lost.includes(seq)) put("output_chunk", chunk);
      await new Promise((resolve) => setTimeout(resolve));
    }
  },
  end: () => put("output_chunk", { content_metadata: {}, content: "" }),
  restartKernel() {
    dead = true;
    fire("comm_live_update");
  },
  removeViews() {
    for (const view of views.splice(0)) view.abort();
  },
};

await initialize({ model, signal: whole.signal });
const el = document.querySelector("main");
const view = new AbortController();
views.push(view);
await render({ model, el, signal: view.signal });

// A script of a test that speaks counts as a person's gesture; the page's own does not.
if (location.hash === "#speaks") {
  const tenth = btoa(String.fromCharCode(...new Uint8Array(4800).fill(1)));
  await window.alone.say(Array(10).fill(tenth));
}
console.info("ready");
