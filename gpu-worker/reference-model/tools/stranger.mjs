// Rasterises the emoji of the second generator: of each word other ones than the training's where the family has some, else the training's own.
// usage: node stranger.mjs <folder with node_modules> <output folder>
import { createRequire } from 'node:module';
import fs from 'node:fs';
import path from 'node:path';
const [root, out] = process.argv.slice(2);
const require = createRequire(path.resolve(root, 'x.js'));
const sharp = require('sharp');
const read = name => JSON.parse(fs.readFileSync(new URL(name, import.meta.url)));
const others = read('./stranger.json');
const files = {};
fs.mkdirSync(out, { recursive: true });
for (const family of ['noto', 'noto-v1', 'fluent-emoji-flat', 'twemoji']) {
  const set = require(`@iconify-json/${family}/icons.json`);
  const own = require(`@iconify-json/${family}/chars.json`);
  const names = Object.keys(own).length ? own : require('@iconify-json/noto/chars.json'); // the old Noto has the new one's names
  const icon = code => {
    const name = names[code] ?? names[code + '-fe0f'];
    return set.icons[name] ?? set.icons[set.aliases?.[name]?.parent];
  };
  for (const [word, trained] of read('./objects.json')) {
    const found = (others[word] ?? []).filter(icon);
    for (const code of found.length ? found : [trained].filter(icon)) {
      const { body, width = set.width, height = set.height, left = 0, top = 0 } = icon(code);
      const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="320" height="320" viewBox="${left} ${top} ${width} ${height}">${body}</svg>`;
      const file = `${family}-${code}.png`;
      await sharp(Buffer.from(svg)).trim().resize(160, 160, { fit: 'inside' }).png().toFile(path.join(out, file));
      ((files[word] ??= {})[family] ??= []).push({ file, other: found.length > 0 });
    }
  }
}
fs.writeFileSync(path.join(out, 'stranger.json'), JSON.stringify(files));
const words = Object.values(files);
console.log(words.length, 'words,', words.filter(f => Object.values(f).flat().some(e => e.other)).length, 'with other emoji than the training\'s');
