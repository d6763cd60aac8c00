"""What OpenAI's Python client gets: python3 openai_client.py ADDRESS KEY PICTURE. Says "seen: .." for each route."""
import base64
import io
import json
import sys
import time

from openai import NotFoundError, OpenAI

address, key, picture = sys.argv[1:]
client = OpenAI(base_url=f"{address}/v1", api_key=key, max_retries=0)
png = open(picture, "rb").read()
url = "data:image/png;base64," + base64.b64encode(png).decode()


def see(what, good):
    print(f"{'seen' if good else 'FAULT'}: {what}")


def about(text="", model="noop"):
    words = [{"type": "text", "text": text}] if text else []
    return {"model": model, "messages": [{"role": "user", "content": words + [{"type": "image_url", "image_url": {"url": url}}]}]}


see("models", "noop" in [model.id for model in client.models.list()] and client.models.retrieve("noop").id == "noop")

caption = client.chat.completions.create(**about())
see("a caption", len(caption.choices[0].message.content) > 0 and caption.choices[0].finish_reason == "stop")

pieces = client.chat.completions.create(**about(), stream=True)
streamed = "".join(piece.choices[0].delta.content or "" for piece in pieces if piece.choices)
see("a stream", streamed == caption.choices[0].message.content)

schema = {"type": "object", "properties": {"red": {"type": "string", "enum": ["yes", "no"]}}, "required": ["red"], "additionalProperties": False}
chosen = client.chat.completions.create(
    **about("Is it red?"),
    logprobs=True,
    top_logprobs=2,
    response_format={"type": "json_schema", "json_schema": {"name": "answer", "strict": True, "schema": schema}},
)
see("a closed choice", json.loads(chosen.choices[0].message.content)["red"] in ("yes", "no") and len(chosen.choices[0].logprobs.content) > 0)

drawn = client.images.generate(model="noop", prompt="a cat", response_format="b64_json")
see("a picture", base64.b64decode(drawn.data[0].b64_json)[1:4] == b"PNG")
changed = client.images.edit(model="noop", image=("scene.png", png, "image/png"), prompt="make it red")
see("an edit", base64.b64decode(changed.data[0].b64_json)[1:4] == b"PNG")

judged = client.moderations.create(model="omni-moderation-latest", input=[{"type": "image_url", "image_url": {"url": url}}])
see("a moderation", judged.results[0].flagged is True)

lines = "\n".join(json.dumps({"custom_id": name, "method": "POST", "url": "/v1/chat/completions", "body": about()}) for name in ("a", "b"))
file = client.files.create(purpose="batch", file=("lines.jsonl", io.BytesIO(lines.encode())))
see("a file", client.files.retrieve(file.id).bytes == len(lines) and client.files.content(file.id).text == lines)
batch = client.batches.create(input_file_id=file.id, endpoint="/v1/chat/completions", completion_window="24h")
while batch.status in ("validating", "in_progress", "finalizing"):
    time.sleep(0.2)
    batch = client.batches.retrieve(batch.id)
output = [json.loads(line) for line in client.files.content(batch.output_file_id).text.splitlines()]
see("a batch", batch.status == "completed" and batch.request_counts.completed == 2 and [line["custom_id"] for line in output] == ["a", "b"])
see("batches in pages", batch.id in [one.id for one in client.batches.list(limit=1)])
see("a file's end", client.files.delete(file.id).deleted)

try:
    client.chat.completions.create(**about(model="gpt-4o"))
    see("an unknown model", False)
except NotFoundError as problem:
    see("an unknown model", problem.code == "model_not_found" and problem.param == "model")
print("done")
