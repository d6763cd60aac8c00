"""Golden files of one twin: what the reference's processor and generate make of pictures and words, and what it draws."""

import json
import shutil

import numpy
import torch
from PIL import Image

from . import pictures, words


# Tokens of a free answer: the twins' defaults.maxTokens.
DEFAULT = 20


def levels(pixels, mean, std):
    """Normalised floats back to whole levels, which they are: frames x 3 x height x width -> frames side by side."""
    mean, std = numpy.array(mean)[:, None, None], numpy.array(std)[:, None, None]
    whole = numpy.rint((pixels * std + mean) * 255)
    assert numpy.abs((whole / 255 - mean) / std - pixels).max() < 1e-5
    return numpy.concatenate(list(whole.astype(numpy.uint8)), axis=2).transpose(1, 2, 0)


@torch.no_grad()
def write(reference, folder, count):
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    items = []
    kinds = ["caption", "free", "closed"] + (["drawing"] if hasattr(reference, "draw") else [])
    questions = words.QUESTIONS + getattr(reference, "questions", [])
    for index in range(count):
        name = f"{index:04}"
        turn, kind = index // len(kinds), kinds[index % len(kinds)]
        if kind == "drawing":
            item = {"drawing": f"{name}-drawing.png", "draws": questions[turn % len(questions)]}
            item["prompt"], item["seed"], item["guidance"], item["tokens"], pixels = reference.draw(item["draws"], turn)
            Image.fromarray(pixels).save(folder / item["drawing"], optimize=True)
            items.append(item)
            continue
        png = pictures.picture(index)
        (folder / f"{name}.png").write_bytes(png)
        image = pictures.opened(png)
        item = {"picture": f"{name}.png", "width": image.width, "height": image.height}
        if kind == "caption":
            item["hint"] = reference.hints()[turn % len(reference.hints())]
            text = reference.caption(item["hint"])
        else:
            item["question"] = questions[turn % len(questions)]
            text = reference.question(item["question"])
        inputs, pixels = reference.inputs(image, text)
        Image.fromarray(levels(pixels, *reference.normalisation)).save(folder / f"{name}-pixels.png", optimize=True)
        item["prompt"] = inputs["input_ids"][0].tolist()
        if kind == "closed":
            item["choices"] = words.CHOICES[turn % len(words.CHOICES)]
            item["logs"] = [reference.score(image, text, inputs, choice) for choice in item["choices"]]
        else:
            most = 3 + index % 14 if kind == "caption" else DEFAULT
            item["maxTokens"] = most
            made = reference.generate(inputs, most)
            item["tokens"], item["log"], item["text"] = made
        items.append(item)
    (folder / "golden.json").write_text(json.dumps({"items": items}, ensure_ascii=False, indent=1))
    ends = sum(len(item["tokens"]) < item["maxTokens"] for item in items if "maxTokens" in item)
    kinds = len({tuple(item["tokens"]) for item in items if "tokens" in item})
    print(f"{len(items)} items; texts that end by themselves: {ends}; different texts: {kinds}")


class Read:
    """What the references of decoders alone do alike; each has its model, its tokenizer and the tokens that end a text."""

    def generate(self, inputs, most):
        return generated(
            self.model, inputs, most, inputs["input_ids"].shape[1], self.ends,
            lambda ids: self.tokenizer.decode(ids, skip_special_tokens=True),
        )


def answered(logits, answer):
    """The logarithm of the probability of an answer's tokens, a row of scores for each."""
    logs = torch.log_softmax(logits.float(), -1)
    return sum(logs[i, token].item() for i, token in enumerate(answer))


def generated(model, inputs, most, skip, ends, decode, forced=lambda place: False):
    """Greedy tokens, the sum of their logarithms before any rule (of a token that a rule gives, none), and the text."""
    out = model.generate(
        **inputs, max_new_tokens=most, do_sample=False, output_logits=True, return_dict_in_generate=True
    )
    tokens = out.sequences[0, skip:]
    log = sum(
        torch.log_softmax(logits[0].float(), -1)[token].item()
        for place, (logits, token) in enumerate(zip(out.logits, tokens, strict=True))
        if not forced(place)
    )
    shown = [token for token in tokens.tolist() if token not in ends]
    return tokens.tolist(), log, decode(shown).strip()
