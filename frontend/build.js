// Bundles every entry of src/ (a .ts or .css file at its top) into kg/web/static/build. The names
// tell the content, so browsers may keep the files for ever; manifest.json leads to them by entry.
import { mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = fileURLToPath(new URL(".", import.meta.url));
const served = join(here, "../kg/web/static/build");

const sources = await readdir(join(here, "src"));
const entries = sources.filter((name) => /\.(ts|css)$/.test(name)).sort();

// Built beside the folder that is served and put in its place whole: no page sees half of it.
const fresh = join(here, `build-${process.pid}`);
await mkdir(fresh);
try {
  const { metafile } = await build({
    absWorkingDir: here,
    entryPoints: entries.map((name) => `src/${name}`),
    outdir: fresh,
    bundle: true,
    splitting: true,
    format: "esm",
    target: ["chrome123", "firefox120", "safari17.5"],
    minify: true,
    legalComments: "eof",
    entryNames: "[name]-[hash]",
    chunkNames: "chunk-[hash]",
    metafile: true,
    logLevel: "warning",
  });
  await writeFile(join(fresh, "manifest.json"), `${JSON.stringify(manifest(metafile), null, 1)}\n`);
  await rm(served, { recursive: true, force: true });
  await mkdir(dirname(served), { recursive: true }); // an image's builder has but this folder
  await rename(fresh, served);
} finally {
  await rm(fresh, { recursive: true, force: true });
}

/** The built files by the names of their entries: "sparql.js" → "sparql-HASH.js". */
function manifest({ outputs }) {
  const found = Object.entries(outputs) // what is imported later is an entry point to esbuild too
    .filter(([, { entryPoint = "" }]) => /^src\/[^/]+$/.test(entryPoint))
    .map(([path, output]) => [basename(output.entryPoint).replace(/\.ts$/, ".js"), basename(path)]);
  return Object.fromEntries(found.sort());
}
