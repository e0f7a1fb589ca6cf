// Say of which sources the built assets are: a hash over everything that goes into a build, for a test to compare.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const root = new URL("..", import.meta.url).pathname;
const files = ["index.html", "package.json", "package-lock.json", "tsconfig.json", "vite.config.js"];
const walk = (folder) => {
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) walk(path);
    else files.push(path);
  }
};
walk("src");
walk("public");
const hash = createHash("sha256");
for (const file of files.sort()) hash.update(file).update("\0").update(readFileSync(join(root, file))).update("\0");
writeFileSync(join(root, "../src/euthymia/web/static/sources.sha256"), `${hash.digest("hex")}\n`);
