/**
 * Module hooks for tests: `import source from "./x.worklet.js?worklet"` gives the worklet's name, and no code runs.
 * The fake audio contexts start the processor of that name.
 */

/**
 * @param {string} url What is loaded.
 * @param {object} context For the next hook.
 * @param {(url: string, context: object) => Promise<object>} next The next hook.
 */
export async function load(url, context, next) {
  if (!url.endsWith("?worklet")) return await next(url, context);
  const source = "export default 'a worklet';";
  return { format: "module", shortCircuit: true, source };
}
