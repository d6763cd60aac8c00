// Rasterises the artwork of every family to raw RGBA (64x64) for the Python side.
// usage: node rasterise.mjs <folder with node_modules> <output folder>
import { createRequire } from 'node:module';
import fs from 'node:fs';
import path from 'node:path';
const [root, out] = process.argv.slice(2);
const require = createRequire(path.resolve(root, 'x.js'));
const sharp = require('sharp');
const objects = JSON.parse(fs.readFileSync(new URL('./objects.json', import.meta.url)));
const families = ['noto', 'noto-v1', 'fluent-emoji-flat', 'twemoji', 'fxemoji', 'openmoji'];
const noto = require('@iconify-json/noto/chars.json');
const alias = { burger: ['hamburger'], 'ice cream': ['softicecream', 'icecream'], donut: ['doughnut'], cake: ['shortcake'], beer: ['beermug'], cocktail: ['cocktailglass'], book: ['closedbook'], telephone: ['blacktelephone'], boat: ['sailboat'], umbrella: ['umbrellawithraindrops'], clock: ['alarmclock'], tree: ['deciduoustree'], gift: ['wrappedpresent'], hat: ['tophat'], cigarette: ['smokingsymbol'], 'soccer ball': ['soccerball'], train: ['steamlocomotive'], basketball: ['basketballandhoop'], 'pair of scissors': ['blackscissors'], dagger: ['daggerknife'], 'pair of crossed swords': ['crossedswords'], pistol: ['pistol'], orange: ['tangerine'], apple: ['redapple'], car: ['automobile'], guitar: ['guitar'], fish: ['tropicalfish'], bee: ['honeybee'], snake: ['snake'], 'light bulb': ['electriclightbulb'] };
const S = 64;
fs.mkdirSync(out, { recursive: true });
const meta = { size: S, families, objects, have: {} };
for (const fam of families) {
  const icons = require(`@iconify-json/${fam}/icons.json`);
  const chars = require(`@iconify-json/${fam}/chars.json`);
  const have = [];
  const buf = Buffer.alloc(objects.length * S * S * 4);
  for (let i = 0; i < objects.length; i++) {
    const hex = objects[i][1];
    let name = chars[hex] ?? chars[hex + '-fe0f'];
    if (!name) { // families without a code point table: by the Noto name, joined or not
      const n = noto[hex] ?? noto[hex + '-fe0f'];
      name = [n, n.replaceAll('-', ''), n.replace(/-face$/, '').replaceAll('-', ''), ...(alias[objects[i][0]] ?? [])].find(x => icons.icons[x] || icons.aliases?.[x]);
    }
    let icon = name && (icons.icons[name] ?? (icons.aliases?.[name] && icons.icons[icons.aliases[name].parent]));
    if (!icon) { continue; }
    const w = icon.width ?? icons.width ?? 16, h = icon.height ?? icons.height ?? 16;
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${S * 4}" height="${S * 4}" viewBox="${icon.left ?? 0} ${icon.top ?? 0} ${w} ${h}">${icon.body}</svg>`;
    const raw = await sharp(Buffer.from(svg)).trim().resize(S, S, { fit: 'contain', background: { r: 0, g: 0, b: 0, alpha: 0 } }).ensureAlpha().raw().toBuffer();
    raw.copy(buf, i * S * S * 4);
    have.push(i);
  }
  meta.have[fam] = have;
  fs.writeFileSync(path.join(out, fam + '.rgba'), buf);
  console.log(fam, have.length, 'missing', objects.filter((_, i) => !have.includes(i)).map(o => o[0]).join(', '));
}
fs.writeFileSync(path.join(out, 'art.json'), JSON.stringify(meta));
