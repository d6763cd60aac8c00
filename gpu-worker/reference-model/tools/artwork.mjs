// Where the artwork of an emoji is found in a family, and which pairs of both the training never sees.
import { createRequire } from 'node:module';
import fs from 'node:fs';
import path from 'node:path';
const read = name => JSON.parse(fs.readFileSync(new URL(name, import.meta.url)));
export const objects = read('./objects.json'); // [word, code, group]
export const alternates = read('./alternates.json'); // word -> other emoji of it
const alias = { burger: ['hamburger'], 'ice cream': ['softicecream', 'icecream'], donut: ['doughnut'], cake: ['shortcake'], beer: ['beermug'], cocktail: ['cocktailglass'], book: ['closedbook'], telephone: ['blacktelephone'], boat: ['sailboat'], umbrella: ['umbrellawithraindrops'], clock: ['alarmclock'], tree: ['deciduoustree'], gift: ['wrappedpresent'], hat: ['tophat'], cigarette: ['smokingsymbol'], 'soccer ball': ['soccerball'], train: ['steamlocomotive'], basketball: ['basketballandhoop'], 'pair of scissors': ['blackscissors'], dagger: ['daggerknife'], 'pair of crossed swords': ['crossedswords'], pistol: ['pistol'], orange: ['tangerine'], apple: ['redapple'], car: ['automobile'], guitar: ['guitar'], fish: ['tropicalfish'], bee: ['honeybee'], snake: ['snake'], 'light bulb': ['electriclightbulb'] };

export function artwork(root) {
  const require = createRequire(path.resolve(root, 'x.js'));
  const sharp = require('sharp');
  const noto = require('@iconify-json/noto/chars.json');
  const sets = {};
  const set = family => sets[family] ??= { icons: require(`@iconify-json/${family}/icons.json`), chars: require(`@iconify-json/${family}/chars.json`) };
  // the pieces of an emoji in a family, the first variants of it; families without a table of code points go by the Noto name
  function icons(family, code, word = '') {
    const { icons, chars } = set(family);
    const get = name => icons.icons[name] ?? icons.icons[icons.aliases?.[name]?.parent];
    const coded = chars[code] ?? chars[code + '-fe0f'];
    const n = noto[code] ?? noto[code + '-fe0f'] ?? '';
    const names = coded ? [coded] : [n, n.replace(/-face$/, ''), n.replaceAll('-', ''), n.replace(/-face$/, '').replaceAll('-', ''), ...(alias[word] ?? [])];
    const found = names.find(x => x && (get(x) || get(x + '-1')));
    return found ? [found, found + '-1', found + '-2'].map(get).filter(Boolean).map(icon => ({ ...icon, set: icons })) : [];
  }
  // -> PNG of at most side x side pixels, trimmed
  function draw({ body, width, height, left = 0, top = 0, set }, side) {
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="256" height="256" viewBox="${left} ${top} ${width ?? set.width ?? 16} ${height ?? set.height ?? 16}">${body}</svg>`;
    return sharp(Buffer.from(svg)).trim().resize(side, side, { fit: 'contain', background: { r: 0, g: 0, b: 0, alpha: 0 } });
  }
  return { icons, draw, require };
}

// Of each other emoji one family of the four that the second generator draws with is kept from the training.
export const STRANGERS = ['noto', 'noto-v1', 'fluent-emoji-flat', 'twemoji'];
const number = code => code.split('-').reduce((n, part) => n + parseInt(part, 16), 0);
export const kept = (family, code) => STRANGERS[number(code) % 4] === family;
// Of what the model has no word for, one kind of five.
export const unseen = code => number(code) % 5 === 0;
