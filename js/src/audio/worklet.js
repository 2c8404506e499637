/** The host lets no audio code run: its policy forbids it, or the page is not secure. */
export class WorkletError extends Error {
  /** @param {string} message @param {ErrorOptions} [options] */
  constructor(message, options) {
    super(message, options);
    this.name = "WorkletError";
  }
}

/**
 * Starts an audio processor in `context`.
 *
 * A host's `script-src` may allow `data:` where it forbids `blob:`, or the reverse, so both are tried.
 *
 * @param {AudioContext} context Where it will run.
 * @param {string} name What the processor is registered as.
 * @param {string} source The module's text.
 * @param {AudioWorkletNodeOptions} options For the node.
 * @returns {Promise<AudioWorkletNode>} The running node.
 * @throws {WorkletError} When the host lets none of it through.
 */
export async function startWorklet(context, name, source, options) {
  if (context.audioWorklet === undefined) {
    throw new WorkletError("No AudioWorklet here.");
  }
  const blob = URL.createObjectURL(
    new Blob([source], { type: "text/javascript" }),
  );
  const data = `data:text/javascript;charset=utf-8,${encodeURIComponent(source)}`;
  try {
    await context.audioWorklet
      .addModule(blob)
      .catch(() => context.audioWorklet.addModule(data));
    return new AudioWorkletNode(context, name, options);
  } catch (error) {
    if (context.state === "closed") throw error;
    throw new WorkletError(String(error), { cause: error });
  } finally {
    URL.revokeObjectURL(blob);
  }
}
