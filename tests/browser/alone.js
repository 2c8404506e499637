// The widget on a plain page: a model made by hand plays the notebook and the kernel.
import widget from "./widget.js";

const listeners = new Map();
const sent = [];
const told = [];
const said = [];
const kernel = { dead: false, owner: null, items: [] };
if (location.hash === "#elsewhere") kernel.owner = "another page";

const traits = {
  model: "test",
  voice: "alloy",
  system: "",
  speed: 1,
  temperature: 0.8,
  turn_detection: {
    type: "server_vad",
    threshold: 0.5,
    prefix_padding_ms: 300,
    silence_duration_ms: 400,
    create_response: true,
    interrupt_response: true,
    false_alarm_ms: 500,
  },
  noise_reduction: "none",
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
    turn_detection: ["server_vad", "semantic_vad", "push_to_talk"],
    noise_reduction: [],
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
const tell = (message) => {
  told.push(message);
  fire("msg:custom", message, []);
};

const answers = {
  hello({ page }) {
    kernel.owner ??= page;
    tell({
      type: "snapshot",
      epoch: "epoch",
      next_seq: said.length,
      items: kernel.items,
      owner: kernel.owner,
    });
  },
  leave({ page }) {
    if (kernel.owner === page) kernel.owner = null;
  },
  take_over({ page }) {
    kernel.owner = page;
    tell({ type: "lease", owner: page });
  },
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
    if (kernel.dead) throw new Error("Cannot send");
    sent.push({ ...message, sent_at: Date.now() });
    setTimeout(() => answers[message.type]?.(message));
  },
};

const views = [];
const whole = new AbortController();
const { initialize, render } = widget();

window.alone = {
  kernel,
  sent,
  told,
  said,
  traits,
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
  end: () =>
    put("output_chunk", { content_metadata: {}, content: "", done: true }),
  /** Gives the sound of an old item when it is asked for. */
  keep(item_id, pieces) {
    answers.replay = (message) => {
      if (message.item_id !== item_id) return;
      for (const [number, audio] of pieces.entries())
        tell({
          type: "clip",
          item_id,
          audio,
          last: number === pieces.length - 1,
        });
    };
  },
  restartKernel() {
    kernel.dead = true;
    fire("comm_live_update");
  },
  async addView() {
    const el = document.createElement("section");
    document.querySelector("main").append(el);
    const view = new AbortController();
    view.signal.addEventListener("abort", () => el.remove());
    views.push(view);
    await render({ model, el, signal: view.signal });
  },
  removeView: () => views.shift()?.abort(),
};

await initialize({ model, signal: whole.signal });
await window.alone.addView();

// A script of a test that speaks counts as a person's gesture; the page's own does not.
if (location.hash === "#speaks") {
  const tenth = btoa(String.fromCharCode(...new Uint8Array(4800).fill(1)));
  await window.alone.say(Array(10).fill(tenth));
}
console.info("ready");
