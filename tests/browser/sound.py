"""Hears what a page plays: a recorder beside every connection to the speakers."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from playwright.sync_api import BrowserContext, Page

BEGINS = "() => window.dispatchEvent(new Event('test-begins'))"
"""What a page's recorders have is forgotten: another test has the page."""

TAP = """
(() => {
  const source = `
    class Tap extends AudioWorkletProcessor {
      constructor() {
        super();
        this.block = new Float32Array(2400);
        this.n = 0;
        this.frame = 0;
        this.loud = false;
      }
      process([input]) {
        const samples = input[0] ?? new Float32Array(128);
        const loud = samples.some((x) => x !== 0);
        if (loud !== this.loud) {
          this.loud = loud;
          const edge = { frame: this.frame, at: Date.now(), loud };
          this.port.postMessage({ edge });
        }
        this.frame += samples.length;
        for (let k = 0; k < samples.length; k++) {
          this.block[this.n++] = samples[k];
          if (this.n === this.block.length) {
            this.port.postMessage({ block: this.block.slice() }); this.n = 0;
          }
        }
        return true;
      }
    }
    registerProcessor("test-tap", Tap);`;
  const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  const taps = new WeakMap();
  const begin = () => {
    window.__sound =
      { rate: 0, blocks: [], edges: [], loud: 0, sounding: 0, quiet: true };
  };
  begin();
  window.addEventListener("test-begins", begin);
  const tap = (context) => {
    if (!taps.has(context)) {
      const sound = window.__sound;
      taps.set(context, context.audioWorklet.addModule(url).then(() => {
        const node = new AudioWorkletNode(context, "test-tap");
        node.port.onmessage = ({ data: { block, edge } }) => {
          if (block) {
            sound.blocks.push(block);
            sound.quiet = block.every((x) => x === 0);
            if (block.some((x) => Math.abs(x) > 0.001)) sound.loud += block.length;
            for (const x of block) if (x !== 0) sound.sounding += 1;
          }
          if (edge) sound.edges.push(edge);
        };
        sound.rate = context.sampleRate;
        return node;
      }));
    }
    return taps.get(context);
  };
  const connect = AudioNode.prototype.connect;
  AudioNode.prototype.connect = function (to, ...rest) {
    if (to instanceof AudioDestinationNode) {
      tap(this.context).then((node) => {
        connect.call(this, node);
        connect.call(node, to);
      });
    }
    return connect.call(this, to, ...rest);
  };
})();
"""
"""`window.__sound`: what was played in `blocks`, of which `loud` samples are in blocks
that are not silent and `sounding` ones are not zero, and `quiet` tells of the last; in
`edges` when sound began or ended: the quantum's first sample, Date.now() when it was
rendered, and which."""

MICROPHONE_TAP = """
(() => {
  const source = `
    class Ear extends AudioWorkletProcessor {
      constructor() { super(); this.loud = false; this.quiet = 0; }
      process([input]) {
        const samples = input[0] ?? [];
        const peak = samples.reduce((top, x) => Math.max(top, Math.abs(x)), 0);
        this.quiet = peak > 0.05 ? 0 : this.quiet + samples.length;
        const loud = peak > 0.05 || (this.loud && this.quiet < sampleRate * 0.15);
        if (loud !== this.loud) {
          this.loud = loud;
          this.port.postMessage({ at: Date.now(), loud });
        }
        return true;
      }
    }
    registerProcessor("test-ear", Ear);`;
  const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  let ears = [];
  const begin = () => {
    window.__voice = [];
    for (const ear of ears) ear.close();
    ears = [];
  };
  begin();
  window.addEventListener("test-begins", begin);
  const { mediaDevices } = navigator;
  const ask = mediaDevices?.getUserMedia.bind(mediaDevices);
  if (ask) mediaDevices.getUserMedia = async (...constraints) => {
    const stream = await ask(...constraints);
    const voice = window.__voice;
    const context = new AudioContext();
    ears.push(context);
    await context.audioWorklet.addModule(url);
    const ear = new AudioWorkletNode(context, "test-ear", { numberOfOutputs: 0 });
    ear.port.onmessage = ({ data }) => voice.push(data);
    context.createMediaStreamSource(stream).connect(ear);
    return stream;
  };
})();
"""
"""`window.__voice`: Date.now() when the microphone's stream grew loud or quiet (after
150 ms of it), and which."""

PLAIN_MICROPHONE = """
try {
  const plain =
    { echo_cancellation: false, noise_suppression: false, auto_gain: false };
  localStorage.setItem("rt_widget.preferences", JSON.stringify(plain));
} catch {}
"""
"""The browser leaves the microphone's sound as it is."""


FAST = """
(() => {
  const Real = window.AudioContext;
  window.AudioContext = class extends Real {
    constructor({ sampleRate, ...rest } = {}) {
      super(sampleRate ? { ...rest, sampleRate: sampleRate * 32 } : rest);
      this.fast = Boolean(sampleRate);
    }
    get sampleRate() { return super.sampleRate / (this.fast ? 32 : 1); }
  };
  const { Blob: Plain } = window;
  const rate = "const sampleRate = globalThis.sampleRate / " +
    "(globalThis.sampleRate > 700000 ? 32 : 1);";
  window.Blob = class extends Plain {
    constructor(parts, options) {
      const code = options?.type === "text/javascript";
      super(code ? [rate, ...parts] : parts, options);
    }
  };
})();
"""
"""Speakers at 32 times the speed: contexts of 768 kHz that believe in 24 kHz."""

_BLOCKS_AT_ONCE = 1000
_BLOCKS = """([from, to]) => new Promise((resolve, reject) => {
  const reader = new FileReader();
  reader.onload = () => resolve(reader.result.split(",")[1] ?? "");
  reader.onerror = () => reject(reader.error);
  reader.readAsDataURL(new Blob(window.__sound.blocks.slice(from, to)));
})"""


def listen(context: BrowserContext) -> None:
    """Tap all pages of a context; call before a page is opened."""
    context.add_init_script(TAP)


def heard(page: Page) -> tuple[NDArray[np.float32], int]:
    """Everything played so far, silence included, and its sample rate."""
    count: int = page.evaluate("() => window.__sound.blocks.length")
    parts = [
        np.frombuffer(
            base64.b64decode(page.evaluate(_BLOCKS, [start, start + _BLOCKS_AT_ONCE])),
            np.float32,
        )
        for start in range(0, count, _BLOCKS_AT_ONCE)
    ]
    rate: int = page.evaluate("() => window.__sound.rate")
    return np.concatenate([np.zeros(0, np.float32), *parts]), rate


def trimmed(samples: NDArray[np.float32], floor: float = 0.002) -> NDArray[np.float32]:
    """Without the silence before and after."""
    loud = np.flatnonzero(np.abs(samples) > floor)
    return samples[loud[0] : loud[-1] + 1] if len(loud) else samples[:0]
