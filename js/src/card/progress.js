import { el, reveal, setText } from "./dom.js";
import { progress } from "./format.js";

/** @import {LocalVoice} from "../types.js" */

/**
 * The bar of the local voice's download.
 *
 * @returns {{element: HTMLElement, show: (voice: LocalVoice) => void}} Out of sight while nothing is fetched.
 */
export function createProgress() {
  const bar = el("i");
  const track = el("div", { class: "rt-track", role: "progressbar" }, bar);
  track.setAttribute("aria-label", "Download of the local voice");
  const what = el("span");
  const figures = el("b");
  const head = el("div", "rt-progress-head", what, figures);
  const element = el("div", "rt-progress", head, track);
  return {
    element,
    show(voice) {
      reveal(element, voice.state === "fetching");
      if (element.hidden) return;
      const { percent, text } = progress(voice);
      setText(what, voice.hint || "Downloading the local voice");
      setText(figures, text);
      track.setAttribute("aria-valuenow", String(percent));
      track.setAttribute("aria-valuetext", text);
      bar.style.transform = `scaleX(${percent / 100})`;
    },
  };
}
