// What OpenAI's JavaScript client gets: node openai.mjs ADDRESS KEY PICTURE. Says "seen: .." for each route.
import { readFileSync } from "node:fs";
import OpenAI, { NotFoundError, toFile } from "openai";

const [address, apiKey, picture] = process.argv.slice(2);
const client = new OpenAI({ baseURL: `${address}/v1`, apiKey, maxRetries: 0 });
const bytes = readFileSync(picture);
const url = `data:image/png;base64,${bytes.toString("base64")}`;
const see = (what, good) => console.log(`${good ? "seen" : "FAULT"}: ${what}`);
const about = (text, more = {}) => ({ model: "noop", messages: [{ role: "user",
  content: [...(text ? [{ type: "text", text }] : []), { type: "image_url", image_url: { url } }] }], ...more });

const models = [];
for await (const model of client.models.list()) models.push(model.id);
see("models", models.includes("noop") && (await client.models.retrieve("noop")).id === "noop");

const caption = await client.chat.completions.create(about(""));
see("a caption", caption.choices[0].message.content.length > 0 && caption.choices[0].finish_reason === "stop");

let streamed = "";
for await (const piece of await client.chat.completions.create(about("", { stream: true }))) streamed += piece.choices[0]?.delta?.content ?? "";
see("a stream", streamed === caption.choices[0].message.content);

const chosen = await client.chat.completions.create(about("Is it red?", { logprobs: true, top_logprobs: 2, response_format: { type: "json_schema",
  json_schema: { name: "answer", strict: true, schema: { type: "object", properties: { red: { type: "string", enum: ["yes", "no"] } }, required: ["red"], additionalProperties: false } } } }));
see("a closed choice", ["yes", "no"].includes(JSON.parse(chosen.choices[0].message.content).red) && chosen.choices[0].logprobs.content.length > 0);

const drawn = await client.images.generate({ model: "noop", prompt: "a cat", response_format: "b64_json" });
see("a picture", Buffer.from(drawn.data[0].b64_json, "base64").subarray(1, 4).toString() === "PNG");
const changed = await client.images.edit({ model: "noop", image: await toFile(bytes, "scene.png", { type: "image/png" }), prompt: "make it red" });
see("an edit", Buffer.from(changed.data[0].b64_json, "base64").subarray(1, 4).toString() === "PNG");

const judged = await client.moderations.create({ model: "omni-moderation-latest", input: [{ type: "image_url", image_url: { url } }] });
see("a moderation", judged.results[0].flagged === true && judged.results[0].category_scores.weapon === 0.5);

const lines = ["a", "b"].map((custom_id) => JSON.stringify({ custom_id, method: "POST", url: "/v1/chat/completions", body: about("") })).join("\n");
const file = await client.files.create({ purpose: "batch", file: await toFile(Buffer.from(lines), "lines.jsonl") });
see("a file", (await client.files.retrieve(file.id)).bytes === lines.length && (await (await client.files.content(file.id)).text()) === lines);
let batch = await client.batches.create({ input_file_id: file.id, endpoint: "/v1/chat/completions", completion_window: "24h" });
while (["validating", "in_progress", "finalizing"].includes(batch.status)) {
  await new Promise((resolve) => setTimeout(resolve, 200));
  batch = await client.batches.retrieve(batch.id);
}
const output = (await (await client.files.content(batch.output_file_id)).text()).trim().split("\n").map((line) => JSON.parse(line));
see("a batch", batch.status === "completed" && batch.request_counts.completed === 2 && output.map((line) => line.custom_id).join() === "a,b"
  && output.every((line) => line.response.body.choices[0].message.content.length > 0));
const listed = [];
for await (const one of client.batches.list({ limit: 1 })) listed.push(one.id);
see("batches in pages", listed.includes(batch.id));
see("a file's end", (await client.files.delete(file.id)).deleted === true);

try {
  await client.chat.completions.create(about("", { model: "gpt-4o" }));
  see("an unknown model", false);
} catch (problem) {
  see("an unknown model", problem instanceof NotFoundError && problem.code === "model_not_found" && problem.param === "model");
}
console.log("done");
