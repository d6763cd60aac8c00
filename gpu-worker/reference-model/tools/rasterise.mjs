// Rasterises the artwork of every family to raw RGBA (64x64) for the Python side: of each word its own emoji and others, and
// emoji that there is no word for ("something else").
// usage: node rasterise.mjs <folder with node_modules> <output folder>
import fs from 'node:fs';
import path from 'node:path';
import { alternates, artwork, kept, objects, unseen } from './artwork.mjs';
const [root, out] = process.argv.slice(2);
const { icons, draw, require } = artwork(root);
const families = ['noto', 'noto-v1', 'fluent-emoji-flat', 'twemoji', 'fxemoji', 'openmoji', 'emojione', 'fluent-emoji', 'streamline-emojis'];
const STRANGE = ['noto', 'fluent-emoji-flat', 'twemoji', 'openmoji', 'emojione', 'fluent-emoji']; // families of "something else"
// Animals, food, travel, activities and objects but for what could pass for one of the words.
const NEAR = /dog|poodle|wolf|fox|raccoon|cat|lion|tiger|leopard|bear|panda|koala|rabbit|chicken|rooster|chick|bird|dove|eagle|duck|swan|goose|owl|dodo|penguin|flamingo|parrot|peacock|turkey|phoenix|pig|boar|frog|fish|dolphin|whale|orca|shark|shrimp|seal|octopus|squid|jelly|bee|butterfly|moth|crab|lobster|turtle|snake|dragon|elephant|mammoth|apple|banana|tangerine|lemon|lime|peach|mango|berr|melon|grape|carrot|pizza|pie|burger|sandwich|ice|cream|cone|donut|doughnut|bagel|cake|custard|cheese|bread|croissant|baguette|flower|blossom|rose|bouquet|hibiscus|tulip|lotus|hyacinth|rosette|tree|pine|palm|plant|herb|cactus|mushroom|car\b|automobile|taxi|truck|lorry|vehicle|rickshaw|ambulance|engine|racing|bus|van|bicycle|motor|scooter|airplane|plane|rocket|satellite|boat|ship|ferry|canoe|train|tram|railway|metro|rail|station|locomotive|helicopter|hammer|axe|pick|wrench|scissors|key|bulb|flashlight|umbrella|guitar|banjo|violin|drum|trumpet|trombone|saxophone|horn|book|ledger|scroll|newspaper|clock|watch|o’clock|thirty|camera|film|phone|pager|gift|present|balloon|ball\b|baseball|softball|crown|hat|cap|helmet|dagger|knife|sword|bomb|pistol|gun|firecracker|bow|archery|beer|wine|sake|cocktail|drink|glass|champagne|bottle|cup|jar|cigarette|tobacco|pill|syringe|medic|candy|lollipop|globe|map|moon|night|sun|cityscape|fireworks|sparkler|landscape|foggy|milky|fog|bridge|building|red envelope|bandage|straw|hypodermic|teapot|mate|parachute|kite|shield|boomerang/i;
const S = 64;
fs.mkdirSync(out, { recursive: true });
const strange = require('emojibase-data/en/data.json').filter(e => e.group >= 3 && e.group <= 7 && !NEAR.test(e.label)).map(e => e.hexcode.toLowerCase().replace(/-fe0f$/, ''));
const meta = { size: S, families, sprites: {} };
for (const family of families) {
  const wanted = objects.map(([word, code], object) => ({ object, code, word, main: true }));
  objects.forEach(([word], object) => (alternates[word] ?? []).forEach(code => wanted.push({ object, code, word, kept: kept(family, code) })));
  if (STRANGE.includes(family)) strange.forEach(code => wanted.push({ object: objects.length, code, word: '', kept: unseen(code) }));
  const sprites = [], pixels = [];
  for (const { word, ...sprite } of wanted) {
    for (const [i, icon] of icons(family, sprite.code, word).entries()) {
      pixels.push(await draw(icon, S).ensureAlpha().raw().toBuffer());
      sprites.push({ ...sprite, main: Boolean(sprite.main) && i === 0, kept: Boolean(sprite.kept) });
    }
  }
  meta.sprites[family] = sprites;
  fs.writeFileSync(path.join(out, family + '.rgba'), Buffer.concat(pixels));
  const main = sprites.filter(s => s.main).map(s => s.object);
  console.log(family, sprites.length, 'pictures; of', main.length, 'words; missing', objects.filter((_, i) => !main.includes(i)).map(o => o[0]).join(', '));
}
fs.writeFileSync(path.join(out, 'art.json'), JSON.stringify(meta));
