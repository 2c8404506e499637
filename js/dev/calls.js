/** @import {Call, CardState, Item} from "../src/types.js" */
import { plot } from "./plot.js";
import { LIVE, turn } from "./states.js";

/**
 * @param {Partial<Call>} more What it is about.
 * @returns {Item} A call that has ended well.
 */
function call(more) {
  const status = more.status === "running" ? "in_progress" : "completed";
  return turn("tool", "", {
    status,
    call: {
      call_id: crypto.randomUUID(),
      name: "train_speed",
      arguments: '{"unit": "km/h"}',
      status: "completed",
      output: "250",
      printed: "",
      seconds: 0.012,
      shown: [],
      ...more,
    },
  });
}

const QUESTION = turn("user", "Wait, use the speed of my train notebook.");
const ANSWER = turn(
  "assistant",
  "At 250 kilometres an hour it would take sixty-four days, give or take one.",
);
const MAIL = call({
  name: "send_mail",
  arguments:
    '{"to": "ada@example.org", "subject": "Train to the moon", "urgent": false}',
  status: "asking",
  output: "",
  seconds: null,
});
const STATIONS = ["Ulm", "Augsburg", "München", "Rosenheim", "Kufstein"];
const COLUMNS = [
  "",
  "station",
  "arrives",
  "departs",
  "speed in km/h",
  "delay",
  "remarks",
  "operator",
];
const ROWS = STATIONS.map((station, place) => [
  `${place}`,
  station,
  `1${place}:04`,
  `1${place}:07`,
  `${(142.5 + 31 * place).toFixed(1)}`,
  `${place - 1}`,
  place === 2 ? "changes here, and waits for the night train" : "",
  "Bahn",
]);

/** Calls of functions in all their states. @type {Record<string, Partial<CardState>>} */
export const CALL_SCENES = {
  "call running": {
    ...LIVE,
    status: "thinking",
    items: [
      QUESTION,
      call({ status: "running", output: "", seconds: null }),
      call({
        name: "weather",
        arguments: '{"city": "Par',
        status: "running",
        output: "",
        seconds: null,
      }),
    ],
  },
  "call done": { ...LIVE, items: [QUESTION, call({}), ANSWER] },
  "call asking": {
    ...LIVE,
    status: "thinking",
    asking: "send_mail",
    items: [turn("user", "Send the plan to Ada, please."), MAIL],
  },
  "call with a plot": {
    ...LIVE,
    items: [
      turn("user", "Show me how the train speeds up."),
      call({
        name: "plot_speed",
        arguments: '{"line": "ICE 593", "minutes": 20}',
        output: "A plot is shown.",
        seconds: 0.34,
        shown: [
          {
            kind: "image",
            data: plot(),
            alt: "A curve that rises steeply and levels off at 250 km/h",
          },
        ],
      }),
      turn("assistant", "It reaches 250 after about ten minutes."),
    ],
  },
  "call with a table": {
    ...LIVE,
    items: [
      turn("user", "Where does it stop?"),
      call({
        name: "stops",
        arguments: '{"train": "ICE 593"}',
        output: "5 rows: Ulm, Augsburg, München, Rosenheim, Kufstein",
        seconds: 1.42,
        shown: [
          {
            kind: "table",
            columns: COLUMNS,
            rows: ROWS,
            note: "5 of 12 rows, 8 of 11 columns",
          },
          { kind: "text", text: "Timetable(train='ICE 593', stops=12)" },
        ],
      }),
    ],
  },
  "call failed": {
    ...LIVE,
    items: [
      QUESTION,
      call({
        status: "failed",
        output: "KeyError: 'km/h' is not among the units: m/s, mph",
        printed: "looking up the unit…\ntrying 3 tables\nnothing found\n",
        seconds: 0.08,
      }),
      call({
        name: "timetable",
        arguments: "{}",
        status: "timed_out",
        output: "It did not end within 30 s.",
        seconds: 30,
      }),
      call({
        ...MAIL.call,
        status: "declined",
        output: "The person declined.",
      }),
      call({ status: "cancelled", output: "", seconds: null }),
      { ...call({}), status: "interrupted" },
      turn("assistant", "I could not find the speed."),
    ],
  },
  "call with long arguments": {
    ...LIVE,
    items: [
      turn("user", "Note it all down."),
      call({
        name: "write_down_everything_that_was_said_so_far_in_one_note",
        arguments: JSON.stringify({
          title: "The moon",
          text: "It is far away, and nobody drives there. ".repeat(30),
          tags: ["moon", "train", "car"],
        }),
        output: "ok",
        printed: "a line that was printed, with its number\n".repeat(60),
        seconds: 0.2,
      }),
    ],
  },
  "call hostile": {
    ...LIVE,
    items: [
      call({
        name: "<img src=x onerror=alert(1)>",
        arguments: '{"</pre><script>": "<b>\u202Egnirts"}',
        output: "<script>alert(1)</script>",
        printed: "W".repeat(3000),
        shown: [
          {
            kind: "table",
            columns: ["<i>a</i>", "W".repeat(200)],
            rows: [["<script>alert(1)</script>", "W".repeat(400)]],
            note: "<b>note</b>",
          },
          { kind: "image", data: '"><script>alert(1)</script>', alt: "<b>" },
          { kind: "text", text: "W".repeat(2000) },
        ],
      }),
    ],
  },
};
