/** Both processors in one module: what they share travels once. */
import "./capture.worklet.js";
import "./playback.worklet.js";
