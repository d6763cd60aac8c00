// Rasterises the emoji of the second generator: of each word other ones than the training's first where the family has some, else that.
// usage: node stranger.mjs <folder with node_modules> <output folder>
import fs from 'node:fs';
import path from 'node:path';
import { alternates, artwork, kept, objects, STRANGERS } from './artwork.mjs';
const [root, out] = process.argv.slice(2);
const { icons, draw } = artwork(root);
const files = {};
fs.mkdirSync(out, { recursive: true });
for (const family of STRANGERS) {
  for (const [word, first] of objects) {
    const found = (alternates[word] ?? []).filter(code => icons(family, code, word).length);
    for (const code of found.length ? found : [first]) {
      const [icon] = icons(family, code, word);
      if (!icon) { continue; }
      const file = `${family}-${code}.png`;
      await draw(icon, 160).png().toFile(path.join(out, file));
      ((files[word] ??= {})[family] ??= []).push({ file, other: found.length > 0, kept: found.length > 0 && kept(family, code) });
    }
  }
}
fs.writeFileSync(path.join(out, 'stranger.json'), JSON.stringify(files));
const words = Object.values(files), all = words.flatMap(f => Object.values(f)).flat();
console.log(words.length, 'words,', words.filter(f => Object.values(f).flat().some(e => e.other)).length, 'with other emoji than the training\'s first;',
  all.length, 'pictures,', all.filter(e => e.kept).length, 'of them kept from the training');
