// Takes a model out of the npm package nsfwjs, whose JS modules hold it: the layers as model.json, the weights as weights.bin.
// usage: node unpack.cjs MODEL FOLDER
const fs = require('fs')
const path = require('path')

const [model, folder] = process.argv.slice(2)
const home = path.join(__dirname, '..', 'node_modules', 'nsfwjs')
const modules = path.join(home, 'dist', 'models', model)
if (!model || !folder || !fs.existsSync(modules)) {
  console.error(`There is no ${modules}: run './run setup' first, and name mobilenet_v2 or inception_v3.`)
  process.exit(2)
}
const json = require(path.join(modules, 'model.min.js'))
const shards = json.weightsManifest.flatMap((group) => group.paths)
const weights = shards.map((shard) => Buffer.from(require(path.join(modules, `${shard}.min.js`)), 'base64'))
fs.mkdirSync(folder, { recursive: true })
fs.writeFileSync(path.join(folder, 'model.json'), JSON.stringify(json))
fs.writeFileSync(path.join(folder, 'weights.bin'), Buffer.concat(weights))
fs.copyFileSync(path.join(home, 'LICENSE'), path.join(folder, 'LICENSE'))
fs.writeFileSync(path.join(folder, 'version'), require(path.join(home, 'package.json')).version)
