/** A worklet's bundled source, as text (build.mjs). */
declare module "*?worklet" {
  const source: string;
  export default source;
}

// What an AudioWorkletGlobalScope has and a window has not.
declare const sampleRate: number;
declare abstract class AudioWorkletProcessor {
  readonly port: MessagePort;
}
declare function registerProcessor(
  name: string,
  processor: new (options: {
    processorOptions: Record<string, unknown>;
  }) => AudioWorkletProcessor & {
    process(
      inputs: readonly (readonly Float32Array[])[],
      outputs: readonly (readonly Float32Array[])[],
    ): boolean;
  },
): void;
