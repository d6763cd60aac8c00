"""PaliGemma in small: SigLIP and Gemma, 16 tokens a picture of 56 px."""

import json

import torch
from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers, trainers
from transformers import GenerationConfig, PaliGemmaConfig, PaliGemmaForConditionalGeneration, PreTrainedTokenizerFast
from transformers.models.paligemma import processing_paligemma
from transformers.models.siglip.image_processing_pil_siglip import SiglipImageProcessorPil

from compiler import bundle

from . import caches, export, words
from .golden import Read, answered

SIDE, PATCH, HIDDEN, INNER, LAYERS, HEADS, KEYS, DIM = 56, 14, 32, 64, 2, 2, 1, 16
TOKENS = (SIDE // PATCH) ** 2
MEAN = STD = [0.5, 0.5, 0.5]
CONTEXT = 512
SCALE = 0.35
# Of a thousand places and segments, so many: their rule is the same, and the tokenizer stays small.
processing_paligemma.EXTRA_TOKENS = ["<loc0000>", "<loc0001>", "<seg000>", "<seg001>"]


def tokenizer():
    """As Gemma's: no words, blanks as marks of their own, bytes for what is unknown."""
    made = Tokenizer(models.BPE(byte_fallback=True, fuse_unk=True, unk_token="<unk>"))
    made.normalizer = normalizers.Replace(" ", "▁")
    made.decoder = decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse()])
    special = ["<pad>", "<eos>", "<bos>", "<unk>"] + [f"<0x{byte:02X}>" for byte in range(256)]
    made.train_from_iterator(words.CORPUS, trainers.BpeTrainer(vocab_size=620, special_tokens=special, show_progress=False))
    # Bytes are pieces of the vocabulary there, not marks.
    state = json.loads(made.to_str())
    state["added_tokens"] = [token for token in state["added_tokens"] if not token["content"].startswith("<0x")]
    made = Tokenizer.from_str(json.dumps(state))
    made.add_special_tokens([AddedToken("<image>", normalized=False, special=True)])
    made.add_tokens([AddedToken(token, normalized=False) for token in processing_paligemma.EXTRA_TOKENS])
    return made


class Reference(Read):
    normalisation = (MEAN, STD)

    def __init__(self):
        self.tokenizer = PreTrainedTokenizerFast(
            tokenizer_object=tokenizer(),
            bos_token="<bos>",
            eos_token="<eos>",
            pad_token="<pad>",
            unk_token="<unk>",
            extra_special_tokens={"image_token": "<image>"},
            padding_side="left",
        )
        self.images = SiglipImageProcessorPil(
            size={"height": SIDE, "width": SIDE}, image_mean=MEAN, image_std=STD, image_seq_length=TOKENS
        )
        self.images.image_seq_length = TOKENS
        self.processor = processing_paligemma.PaliGemmaProcessor(self.images, self.tokenizer)
        config = PaliGemmaConfig(
            vision_config=dict(
                model_type="siglip_vision_model", hidden_size=HIDDEN, intermediate_size=INNER, num_hidden_layers=2,
                num_attention_heads=2, image_size=SIDE, patch_size=PATCH, projection_dim=HIDDEN, vision_use_head=False,
            ),
            text_config=dict(
                model_type="gemma", hidden_size=HIDDEN, intermediate_size=INNER, num_hidden_layers=LAYERS,
                num_attention_heads=HEADS, num_key_value_heads=KEYS, head_dim=DIM, vocab_size=len(self.tokenizer),
                max_position_embeddings=CONTEXT, pad_token_id=0, bos_token_id=2, eos_token_id=1,
            ),
            image_token_index=self.tokenizer.convert_tokens_to_ids("<image>"),
            projection_dim=HIDDEN, hidden_size=HIDDEN, pad_token_id=0, bos_token_id=2, eos_token_id=1,
        )
        config.image_token_id = config.image_token_index = self.tokenizer.convert_tokens_to_ids("<image>")
        config._attn_implementation = "eager"
        self.model = export.stir(PaliGemmaForConditionalGeneration(config), 7, SCALE)
        self.ends = [1] + END
        self.model.generation_config = GenerationConfig(bos_token_id=2, eos_token_id=self.ends, pad_token_id=0)

    def hints(self):
        return words.HINTS

    def caption(self, hint):
        return "<image>" + f"caption en {hint}".strip()

    def question(self, question):
        return "<image>answer en " + question

    def inputs(self, image, text):
        written = text.removeprefix("<image>")
        marked = any(mark in written for mark in ("<image>", "<eos>", "<bos>"))
        inputs = self.processor(images=image, text="<image>" + ("" if marked else written), return_tensors="pt")
        inputs.pop("labels", None)
        if marked:
            # Marks that a user wrote are text: those words go through a tokenizer that knows no marks.
            own = words.unmarked(self.tokenizer).encode(written + "\n", add_special_tokens=False).ids
            inputs["input_ids"] = torch.tensor([[self.model.config.image_token_id] * TOKENS + [2] + own])
        inputs["attention_mask"] = torch.ones_like(inputs["input_ids"])
        inputs["token_type_ids"] = torch.zeros_like(inputs["input_ids"])
        return inputs, inputs["pixel_values"].numpy()

    def score(self, image, text, inputs, choice):
        """The logarithm of the probability that the prompt is answered so, as the reference trains on a suffix."""
        answer = self.tokenizer(choice, add_special_tokens=False)["input_ids"] + [1]
        ids = torch.cat([inputs["input_ids"], torch.tensor([answer])], 1)
        types = torch.tensor([[0] * inputs["input_ids"].shape[1] + [1] * len(answer)])
        logits = self.model(
            input_ids=ids, pixel_values=inputs["pixel_values"], token_type_ids=types,
            attention_mask=torch.ones_like(ids),
        ).logits[0]
        return answered(logits[-len(answer) - 1 : -1], answer)


# A token that the stirred weights like to write, so that texts end at different lengths.
END = [322]


class Vision(torch.nn.Module):
    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, pixel_values):
        return self.model.get_image_features(pixel_values).pooler_output


class Embed(torch.nn.Module):
    def __init__(self, model):
        super().__init__()
        self.embed = model.get_input_embeddings()

    def forward(self, input_ids):
        return self.embed(input_ids)


class Decoder(torch.nn.Module):
    """Without a mask, as the hub's graphs are: what is read together sees all of itself and all before it."""

    def __init__(self, model):
        super().__init__()
        self.text, self.head = model.model.language_model, model.lm_head

    def forward(self, inputs_embeds, position_ids, *past):
        cache = caches.cache(past)
        mask = torch.zeros(
            inputs_embeds.shape[0], 1, inputs_embeds.shape[1], past[0].shape[2] + inputs_embeds.shape[1]
        )
        out = self.text(
            inputs_embeds=inputs_embeds, position_ids=position_ids, attention_mask=mask, past_key_values=cache,
            use_cache=True,
        )
        return self.head(out.last_hidden_state), *caches.flat(cache)


def write(folder):
    reference = Reference()
    model = reference.model
    export.begin(folder, reference)
    past, present = export.cache_names(LAYERS)
    export.onnx(
        Vision(model), folder / "onnx/vision_encoder.onnx", {"pixel_values": torch.rand(2, 3, SIDE, SIDE)},
        ["image_features"], {"pixel_values": {0: "batch_size"}, "image_features": {0: "batch_size"}},
    )
    both = {0: "batch_size", 1: "sequence_length"}
    export.onnx(
        Embed(model), folder / "onnx/embed_tokens.onnx", {"input_ids": torch.ones(2, 5, dtype=torch.long)},
        ["inputs_embeds"], {"input_ids": both, "inputs_embeds": both},
    )
    keys = {name: torch.rand(2, KEYS, 3, DIM) for name in past}
    export.onnx(
        Decoder(model), folder / "onnx/decoder_model_merged.onnx",
        {"inputs_embeds": torch.rand(2, 5, HIDDEN), "position_ids": torch.arange(4, 9).repeat(2, 1)} | keys,
        ["logits"] + present,
        {"inputs_embeds": both, "position_ids": both, "logits": both}
        | {name: {0: "batch_size", 2: "past_sequence_length"} for name in past}
        | {name: {0: "batch_size", 2: "total_sequence_length"} for name in present},
    )
    export.bundle(folder, {
        "family": "paligemma",
        "name": "tiny-random-paligemma",
        "purpose": "A tiny PaliGemma with random weights: it writes nonsense, the same as the reference does.",
        "tasks": ["caption", "vqa"],
        "graphs": {name: f"onnx/{name}.onnx" for name in ("vision_encoder", "embed_tokens", "decoder_model_merged")},
        "image": {"width": SIDE, "height": SIDE, "mean": MEAN, "std": STD, "filter": "bicubic", "tokens": TOKENS},
        "specialTokens": {"image": model.config.image_token_id, "pad": 0, "eos": reference.ends},
        "templates": {
            "caption": "<image><bos>caption en {hint}\n",
            "vqa": "<image><bos>answer en {question}\n",
            "answer": "{answer}",
        },
        "decoding": {"firstPosition": 1},
        "limits": {"context": CONTEXT, "maxPromptTokens": 128, "maxNewTokens": 64, "maxBatch": 8},
        "defaults": {"maxTokens": 20},
    })
    bundle.add(folder)
