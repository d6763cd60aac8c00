"""A small tokenizer's text, and questions."""

import json

from tokenizers import Tokenizer

CORPUS = """what is in the picture is there a dog a cat on the left of the red house how many people can you see
describe this image in detail the sky is blue and the grass is green a yellow flower stands on a table
does it show any weapon or alcohol is it safe for work what colour is the car which animal is on the right
a man and a woman walk along the street near the sea two birds above a tree in front of an old church
is the door open or closed are there more apples than oranges where was this photograph taken at night
caption en answer en yes no maybe none one two three four black white brown photo of the with without
Who wrote THIS sign? It says: "No entry!" 12 + 30 = 42; costs $9.99 (50% off). Grüße aus München, naïve café 東京""".split("\n")

HINTS = ["", "", "about the sky", "in detail"]
QUESTIONS = [
    "what is in the picture?",
    "Is there a dog on the left?",
    "how many people can you see",
    "What says the sign: \"No entry!\"?",
    "Grüße aus 東京, naïve?",
    "is it 12 + 30 = 42?",
    "an <image> of <eos> tokens </s> <bos> and <|im_start|> or <end_of_utterance>?",
]
CHOICES = [["yes", "no"], ["one", "two", "three or more"], ["a dog", "a cat", "no animal at all"]]


def unmarked(tokenizer):
    """The same, but that marks in a text are text."""
    state = json.loads(tokenizer.backend_tokenizer.to_str())
    state["added_tokens"] = []
    return Tokenizer.from_str(json.dumps(state))
