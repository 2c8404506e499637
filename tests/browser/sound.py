"""Hears what a page plays: a recorder beside every connection to the speakers."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from playwright.sync_api import BrowserContext, Page

TAP = """
(() => {
  const source = `
    class Tap extends AudioWorkletProcessor {
      constructor() { super(); this.block = new Float32Array(2400); this.n = 0; }
      process([input]) {
        const samples = input[0] ?? new Float32Array(128);
        for (let k = 0; k < samples.length; k++) {
          this.block[this.n++] = samples[k];
          if (this.n === this.block.length) {
            this.port.postMessage(this.block.slice()); this.n = 0;
          }
        }
        return true;
      }
    }
    registerProcessor("test-tap", Tap);`;
  const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  const taps = new WeakMap();
  window.__sound = { rate: 0, blocks: [] };
  const tap = (context) => {
    if (!taps.has(context)) {
      taps.set(context, context.audioWorklet.addModule(url).then(() => {
        const node = new AudioWorkletNode(context, "test-tap");
        node.port.onmessage = ({ data }) => window.__sound.blocks.push(data);
        window.__sound.rate = context.sampleRate;
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


def listen(context: BrowserContext) -> None:
    """Tap all pages of a context; call before a page is opened."""
    context.add_init_script(TAP)


def heard(page: Page) -> tuple[NDArray[np.float32], int]:
    """Everything played so far, silence included, and its sample rate."""
    data: str = page.evaluate(
        """() => {
          const blocks = window.__sound.blocks;
          const all = new Float32Array(blocks.reduce((n, b) => n + b.length, 0));
          let at = 0;
          for (const block of blocks) { all.set(block, at); at += block.length; }
          const bytes = new Uint8Array(all.buffer);
          let text = "";
          for (let k = 0; k < bytes.length; k += 32768)
            text += String.fromCharCode(...bytes.subarray(k, k + 32768));
          return btoa(text);
        }"""
    )
    rate: int = page.evaluate("() => window.__sound.rate")
    return np.frombuffer(base64.b64decode(data), np.float32), rate


def trimmed(samples: NDArray[np.float32], floor: float = 0.002) -> NDArray[np.float32]:
    """Without the silence before and after."""
    loud = np.flatnonzero(np.abs(samples) > floor)
    return samples[loud[0] : loud[-1] + 1] if len(loud) else samples[:0]
