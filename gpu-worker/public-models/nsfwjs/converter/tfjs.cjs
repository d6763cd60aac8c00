// Runs a model that unpack.cjs took out in TensorFlow.js.
// usage: node tfjs.cjs FOLDER INPUT OUTPUT: INPUT are pictures as 32-bit floats, channels last; OUTPUT gets the scores.
const fs = require('fs')
const path = require('path')
const tf = require('@tensorflow/tfjs')

async function main(folder, input, output) {
  const json = JSON.parse(fs.readFileSync(path.join(folder, 'model.json')))
  const weights = fs.readFileSync(path.join(folder, 'weights.bin'))
  await tf.setBackend('cpu')
  const model = await tf.loadLayersModel({
    load: async () => ({
      modelTopology: json.modelTopology,
      weightSpecs: json.weightsManifest.flatMap((group) => group.weights),
      weightData: weights.buffer.slice(weights.byteOffset, weights.byteOffset + weights.length),
    }),
  })
  const [, height, width, channels] = model.inputs[0].shape
  const bytes = fs.readFileSync(input)
  const values = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4)
  const one = height * width * channels
  const scores = []
  for (let at = 0; at < values.length; at += one) {
    const picture = tf.tensor(values.subarray(at, at + one), [1, height, width, channels])
    const result = model.predict(picture)
    scores.push(...result.dataSync())
    tf.dispose([picture, result])
  }
  fs.writeFileSync(output, Buffer.from(Float32Array.from(scores).buffer))
}

main(...process.argv.slice(2)).catch((problem) => {
  console.error(problem)
  process.exit(1)
})
