import { mkdir, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const output = resolve(here, "../rt_widget/static");

/** @satisfies {esbuild.BuildOptions} */
const common = {
  absWorkingDir: here,
  bundle: true,
  format: "esm",
  legalComments: "none",
  logLevel: "info",
  minify: true,
  target: ["chrome108", "firefox115", "safari16.4"],
};

/**
 * Bundles `import source from "./x.worklet.js?worklet"` apart and carries it as text:
 * an AudioWorklet is loaded from a URL of its own, and a notebook serves no files beside the widget.
 *
 * @type {esbuild.Plugin}
 */
const worklets = {
  name: "worklets",
  setup(build) {
    build.onResolve({ filter: /\?worklet$/ }, ({ path, resolveDir }) => ({
      path: resolve(resolveDir, path.replace(/\?worklet$/, "")),
      namespace: "worklet",
    }));
    build.onLoad({ filter: /.*/, namespace: "worklet" }, async ({ path }) => {
      const { outputFiles, metafile } = await esbuild.build({
        ...common,
        entryPoints: [path],
        logLevel: "silent",
        metafile: true,
        write: false,
      });
      return {
        contents: outputFiles[0]?.text ?? "",
        loader: "text",
        watchFiles: Object.keys(metafile.inputs).map((name) =>
          resolve(here, name),
        ),
      };
    });
  },
};

const context = await esbuild.context({
  ...common,
  entryPoints: { widget: "src/widget.js" },
  outdir: output,
  plugins: [worklets],
});

/** Where the widget's one stylesheet stands: anywidget carries it as `_css`. */
const styles = await esbuild.context({
  ...common,
  entryPoints: { widget: "src/styles.css" },
  outdir: output,
});

await mkdir(output, { recursive: true });
if (process.argv.includes("--watch")) {
  await Promise.all([context.watch(), styles.watch()]);
} else {
  await Promise.all([context.rebuild(), styles.rebuild()]);
  await Promise.all([context.dispose(), styles.dispose()]);
  const { size } = await stat(resolve(output, "widget.js"));
  // The whole file travels in every comm_open of a notebook.
  if (size > 100_000)
    throw new Error(`widget.js has ${size} bytes; 100000 at most`);
  console.info(`${output}: widget.js has ${size} bytes`);
}
