/** Microphones made by hand. */

class FakeTrack extends EventTarget {
  readyState = "live";
  muted = false;
  /** @param {{deviceId: string, label: string}} device Whose. */
  constructor(device) {
    super();
    this.device = device;
    this.label = device.label;
  }
  getSettings() {
    return { deviceId: this.device.deviceId };
  }
  stop() {
    this.readyState = "ended";
  }
  /** The device is pulled out. */
  end() {
    this.readyState = "ended";
    this.dispatchEvent(new Event("ended"));
  }
  /** @param {boolean} muted By a switch outside the page. */
  mute(muted) {
    this.muted = muted;
    this.dispatchEvent(new Event(muted ? "mute" : "unmute"));
  }
}

export class FakeStream {
  /** @param {{deviceId: string, label: string}} device Whose. */
  constructor(device) {
    this.track = new FakeTrack(device);
  }
  getTracks() {
    return [this.track];
  }
  getAudioTracks() {
    return [this.track];
  }
}

export class FakeDevices extends EventTarget {
  /** @type {any[]} */
  asked = [];
  /** @type {FakeStream[]} */
  streams = [];
  /** @type {{deviceId: string, label: string}[]} */
  list = [];
  /** Settles when the person has allowed it. @type {Promise<void>} */
  permission = Promise.resolve();

  /** @param {{audio: any}} constraints As of getUserMedia. */
  async getUserMedia({ audio }) {
    this.asked.push(audio);
    await this.permission;
    const wanted = audio.deviceId?.exact;
    const device = wanted
      ? this.list.find(({ deviceId }) => deviceId === wanted)
      : this.list[0];
    if (!device) {
      throw new DOMException(
        "",
        wanted ? "OverconstrainedError" : "NotFoundError",
      );
    }
    const stream = new FakeStream(device);
    this.streams.push(stream);
    return stream;
  }
  async enumerateDevices() {
    return this.list.map((device) => ({ kind: "audioinput", ...device }));
  }
  /** @param {{deviceId: string, label: string}[]} list Those that there are now. */
  change(list) {
    this.list = list;
    this.dispatchEvent(new Event("devicechange"));
  }
}
