// Rasterises what wider.json names to raw RGBA (64x64), added to the artwork of the emoji: "icons", coloured ones; "lines", black ones
// whose enclosed parts are greys, so that the training can give each a colour; "clipart", pictures of Debian's openclipart-png.
// usage: node rasterise.mjs <output folder, with art.json> [<folder with openclipart's png>]
import { createRequire } from 'node:module';
import fs from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
const [out, clipart] = process.argv.slice(2);
const require = createRequire(import.meta.url);
const read = name => JSON.parse(fs.readFileSync(new URL(name, import.meta.url)));
const index = new Map(read('../objects.json').map(([word], i) => [word, i]));
const S = 64;
const LARGE = 4 * S;
const INK = 100; // alpha from which a pixel is ink
const STEP = 16, STEPS = 6; // between the greys of enclosed parts: wide.py's GREYS

function svg(id) {
  const [set, name] = id.split(':');
  const all = require(`@iconify-json/${set}/icons.json`);
  const { body, left = 0, top = 0, width = all.width ?? 16, height = all.height ?? 16 } = all.icons[name];
  const coloured = require(`@iconify-json/${set}/info.json`).palette;
  return { coloured, svg: Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="${LARGE}" height="${LARGE}" viewBox="${left} ${top} ${width} ${height}">${body}</svg>`) };
}

// What ink encloses, filled with a grey of its own for each enclosed part, the largest white.
async function filled(picture) {
  const { data, info: { width, height } } = await sharp(picture).extend({ top: 1, bottom: 1, left: 1, right: 1, background: '#0000' }).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  const part = new Int32Array(width * height).fill(-1), sizes = [];
  for (let start = 0; start < width * height; start++) {
    if (part[start] >= 0 || data[4 * start + 3] >= INK) {
      continue;
    }
    const ways = [start], id = sizes.push(0) - 1;
    part[start] = id;
    while (ways.length) {
      const p = ways.pop();
      sizes[id]++;
      for (const q of [p - width, p + width, p % width ? p - 1 : p, (p + 1) % width ? p + 1 : p]) {
        if (q >= 0 && q < width * height && part[q] < 0 && data[4 * q + 3] < INK) {
          part[q] = id;
          ways.push(q);
        }
      }
    }
  }
  const ranks = sizes.map((_, i) => i).slice(1).sort((a, b) => sizes[b] - sizes[a]); // the first is what is outside
  const grey = sizes.map((_, i) => 255 - STEP * Math.max(0, ranks.indexOf(i)) % (STEPS * STEP));
  for (let p = 0; p < width * height; p++) {
    if (part[p]) {
      data.fill((255 - data[4 * p + 3]) / 255 * (part[p] < 0 ? 255 : grey[part[p]]), 4 * p, 4 * p + 3);
      data[4 * p + 3] = 255;
    }
  }
  return sharp(data, { raw: { width, height, channels: 4 } });
}

const pixels = picture => picture.resize(S, S, { fit: 'contain', background: '#0000' }).ensureAlpha().raw().toBuffer();
const meta = JSON.parse(fs.readFileSync(path.join(out, 'art.json')));
const families = { icons: [], lines: [], clipart: [] };
const { icons, clipart: clips } = read('./wider.json');
for (const [word, ids] of Object.entries(icons)) {
  for (const id of ids) {
    const { coloured, svg: drawn } = svg(id);
    const trimmed = await sharp(drawn).trim().png().toBuffer();
    families[coloured ? 'icons' : 'lines'].push({ said: { object: index.get(word), code: id }, rgba: await pixels(coloured ? sharp(trimmed) : await filled(trimmed)) });
  }
}
for (const [word, files] of clipart ? Object.entries(clips) : []) {
  for (const file of files) {
    const trimmed = await sharp(path.join(clipart, file)).ensureAlpha().trim().resize(LARGE, LARGE, { fit: 'inside' }).png().toBuffer();
    families.clipart.push({ said: { object: index.get(word), code: file }, rgba: await pixels(sharp(trimmed)) });
  }
}
for (const [family, all] of Object.entries(families)) {
  meta.sprites[family] = all.map(({ said }) => ({ ...said, main: false, kept: false }));
  fs.writeFileSync(path.join(out, family + '.rgba'), Buffer.concat(all.map(({ rgba }) => rgba)));
  console.log(family, all.length, 'pictures of', new Set(all.map(({ said }) => said.object)).size, 'words');
}
fs.writeFileSync(path.join(out, 'art.json'), JSON.stringify(meta));
