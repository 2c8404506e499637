// The transport and nothing else: microphone up by message, sound down by trait.
const CAPTURE = `
  registerProcessor("bare-capture", class extends AudioWorkletProcessor {
    pcm = new Int16Array(2400);
    n = 0;
    process([[samples]]) {
      for (let i = 0; i < (samples?.length ?? 0); i += 1) {
        this.pcm[this.n++] = samples[i] * 32767;
        if (this.n === this.pcm.length) {
          this.port.postMessage(this.pcm.slice());
          this.n = 0;
        }
      }
      return true;
    }
  });`;
const PLAYBACK = `
  registerProcessor("bare-playback", class extends AudioWorkletProcessor {
    queue = [];
    n = 0;
    constructor() {
      super();
      this.port.onmessage = ({ data }) => this.queue.push(data);
    }
    process(_, [[output]]) {
      for (let i = 0; i < output.length && this.queue.length; i += 1) {
        output[i] = this.queue[0][this.n++] / 32768;
        if (this.n === this.queue[0].length) {
          this.queue.shift();
          this.n = 0;
        }
      }
      return true;
    }
  });`;

async function start(model) {
  const context = new AudioContext({ sampleRate: 24000 });
  for (const source of [CAPTURE, PLAYBACK]) {
    const code = new Blob([source], { type: "text/javascript" });
    await context.audioWorklet.addModule(URL.createObjectURL(code));
  }
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  const ears = new AudioWorkletNode(context, "bare-capture", {
    numberOfOutputs: 0,
  });
  const mouth = new AudioWorkletNode(context, "bare-playback", {
    numberOfInputs: 0,
  });
  context.createMediaStreamSource(stream).connect(ears);
  mouth.connect(context.destination);
  let seq = 0;
  ears.port.onmessage = ({ data }) => {
    const bytes = new Uint8Array(data.buffer);
    const audio = btoa(String.fromCharCode(...bytes));
    model.send({ seq: seq++, at: Date.now(), audio });
  };
  model.on("change:audio", () => {
    const { content } = model.get("audio");
    const bytes = Uint8Array.from(atob(content), (c) => c.charCodeAt(0));
    mouth.port.postMessage(new Int16Array(bytes.buffer));
  });
}

export default {
  render({ model, el }) {
    const button = document.createElement("button");
    button.textContent = "Start bare transport";
    button.onclick = async () => {
      await start(model);
      model.send({ start: true });
    };
    el.append(button);
  },
};
