"""SmolVLM in small: tiles of 32 px, four tokens each, up to sixteen tiles and the whole picture."""

import torch
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import GenerationConfig, PreTrainedTokenizerFast, SmolVLMConfig, SmolVLMForConditionalGeneration
from transformers.models.idefics3.processing_idefics3 import Idefics3Processor
from transformers.models.smolvlm.image_processing_pil_smolvlm import SmolVLMImageProcessorPil

from compiler import bundle

from . import caches, export, words
from .golden import Read, answered
from .paligemma import Embed

SIDE, PATCH, SCALE, HIDDEN, LAYERS, HEADS, KEYS, DIM = 32, 8, 2, 32, 2, 2, 1, 16
TOKENS = (SIDE // PATCH) ** 2 // SCALE**2
LONGEST = 4 * SIDE
MEAN = STD = [0.5, 0.5, 0.5]
CONTEXT = 512
SPECIAL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>", "<fake_token_around_image>", "<image>", "<end_of_utterance>"]
PLACES = ["<global-img>"] + [f"<row_{row}_col_{column}>" for row in range(1, 5) for column in range(1, 5)]


def tokenizer():
    """As SmolLM2's: bytes as letters, digits one by one."""
    made = Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    )
    made.decoder = decoders.ByteLevel()
    made.train_from_iterator(
        words.CORPUS,
        trainers.BpeTrainer(
            vocab_size=560, special_tokens=SPECIAL, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False
        ),
    )
    made.add_tokens([AddedToken(place, normalized=False) for place in PLACES])
    return made


class Reference(Read):
    normalisation = (MEAN, STD)

    def __init__(self):
        self.tokenizer = PreTrainedTokenizerFast(
            tokenizer_object=tokenizer(), bos_token="<|im_start|>", eos_token="<end_of_utterance>",
            pad_token="<|im_end|>", unk_token="<|endoftext|>", padding_side="left",
        )
        self.images = SmolVLMImageProcessorPil(
            size={"longest_edge": LONGEST}, max_image_size={"longest_edge": SIDE}, image_mean=MEAN, image_std=STD
        )
        self.processor = Idefics3Processor(self.images, self.tokenizer, image_seq_len=TOKENS)
        self.end = self.tokenizer.convert_tokens_to_ids("<end_of_utterance>")
        pad = self.tokenizer.convert_tokens_to_ids("<|im_end|>")
        config = SmolVLMConfig(
            vision_config=dict(
                hidden_size=HIDDEN, intermediate_size=64, num_hidden_layers=2, num_attention_heads=2, image_size=SIDE,
                patch_size=PATCH,
            ),
            text_config=dict(
                model_type="llama", hidden_size=HIDDEN, intermediate_size=64, num_hidden_layers=LAYERS,
                num_attention_heads=HEADS, num_key_value_heads=KEYS, head_dim=DIM, vocab_size=len(self.tokenizer),
                max_position_embeddings=CONTEXT, pad_token_id=pad, bos_token_id=1, eos_token_id=self.end,
            ),
            image_token_id=self.tokenizer.convert_tokens_to_ids("<image>"), scale_factor=SCALE, pad_token_id=pad,
        )
        config._attn_implementation = "eager"
        self.model = export.stir(SmolVLMForConditionalGeneration(config), 11, 0.3)
        self.ends = [self.end] + END
        self.model.generation_config = GenerationConfig(bos_token_id=1, eos_token_id=self.ends, pad_token_id=pad)
        self.pad = pad

    def hints(self):
        return words.HINTS

    def caption(self, hint):
        return self.asked(f"Can you describe this image? {hint}".strip())

    def question(self, question):
        return self.asked(question)

    def asked(self, text):
        return f"<|im_start|>User:<image>{text}<end_of_utterance>\nAssistant:"

    def inputs(self, image, text):
        begin, end = "<|im_start|>User:<image>", "<end_of_utterance>\nAssistant:"
        written = text.removeprefix(begin).removesuffix(end)
        marked = any(mark in written for mark in SPECIAL)
        inputs = self.processor(images=image, text=begin + ("" if marked else written) + end, return_tensors="pt")
        if marked:
            # Marks that a user wrote are text: those words go through a tokenizer that knows no marks.
            ids = inputs["input_ids"][0].tolist()
            own = words.unmarked(self.tokenizer).encode(written, add_special_tokens=False).ids
            at = len(ids) - len(self.tokenizer(end, add_special_tokens=False)["input_ids"])
            inputs["input_ids"] = torch.tensor([ids[:at] + own + ids[at:]])
            inputs["attention_mask"] = torch.ones_like(inputs["input_ids"])
        return inputs, inputs["pixel_values"][0].numpy()

    def score(self, image, text, inputs, choice):
        answer = self.tokenizer(" " + choice, add_special_tokens=False)["input_ids"] + [self.end]
        ids = torch.cat([inputs["input_ids"], torch.tensor([answer])], 1)
        logits = self.model(
            input_ids=ids, attention_mask=torch.ones_like(ids), pixel_values=inputs["pixel_values"],
            pixel_attention_mask=inputs["pixel_attention_mask"],
        ).logits[0]
        return answered(logits[-len(answer) - 1 : -1], answer)


# A token that the stirred weights like to write, so that texts end at different lengths.
END = [300]


class Vision(torch.nn.Module):
    """Frames that are nothing but zeros are left out, as there; whole frames are all that the processor gives."""

    def __init__(self, model):
        super().__init__()
        self.vision, self.connector = model.model.vision_model, model.model.connector

    def forward(self, pixel_values, pixel_attention_mask):
        frames = pixel_values.flatten(0, 1)
        real = (frames != 0).flatten(1).any(1) & pixel_attention_mask.flatten(0, 1).flatten(1).any(1)
        frames = frames[real]
        patches = self.vision.embeddings.patch_embedding(frames).flatten(2).transpose(1, 2)
        hidden = patches + self.vision.embeddings.position_embedding.weight
        hidden = self.vision.encoder(inputs_embeds=hidden, attention_mask=None).last_hidden_state
        return self.connector(self.vision.post_layernorm(hidden))


class Decoder(torch.nn.Module):
    def __init__(self, text, head):
        super().__init__()
        self.text, self.head = text, head

    def forward(self, inputs_embeds, attention_mask, position_ids, *past):
        cache = caches.cache(past)
        places = torch.arange(attention_mask.shape[1])
        rows = past[0].shape[2] + torch.arange(inputs_embeds.shape[1])
        seen = (places[None, :] <= rows[:, None])[None, None] & (attention_mask[:, None, None, :] > 0)
        mask = torch.where(seen, 0.0, torch.finfo(torch.float32).min)
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
    pixels, seen = torch.rand(1, 3, 3, SIDE, SIDE), torch.ones(1, 3, SIDE, SIDE, dtype=torch.bool)
    with torch.no_grad():
        theirs = model.model.get_image_features(pixels, seen).pooler_output
        assert (Vision(model)(pixels, seen) - theirs).abs().max() < 1e-5
    both = {0: "batch_size", 1: "sequence_length"}
    export.onnx(
        Vision(model), folder / "onnx/vision_encoder.onnx", {"pixel_values": pixels, "pixel_attention_mask": seen},
        ["image_features"],
        {name: {0: "batch_size", 1: "num_images"} for name in ("pixel_values", "pixel_attention_mask")}
        | {"image_features": {0: "num_frames"}},
    )
    export.onnx(
        Embed(model), folder / "onnx/embed_tokens.onnx", {"input_ids": torch.ones(2, 5, dtype=torch.long)},
        ["inputs_embeds"], {"input_ids": both, "inputs_embeds": both},
    )
    keys = {name: torch.rand(2, KEYS, 3, DIM) for name in past}
    export.onnx(
        Decoder(model.model.text_model, model.lm_head), folder / "onnx/decoder_model_merged.onnx",
        {
            "inputs_embeds": torch.rand(2, 5, HIDDEN), "attention_mask": torch.ones(2, 8, dtype=torch.long),
            "position_ids": torch.arange(3, 8).repeat(2, 1),
        } | keys,
        ["logits"] + present,
        {"inputs_embeds": both, "position_ids": both, "logits": both}
        | {"attention_mask": {0: "batch_size", 1: "total_sequence_length"}}
        | {name: {0: "batch_size", 2: "past_sequence_length"} for name in past}
        | {name: {0: "batch_size", 2: "total_sequence_length"} for name in present},
    )
    export.bundle(folder, {
        "family": "smolvlm",
        "name": "tiny-random-smolvlm",
        "purpose": "A tiny SmolVLM with random weights: it writes nonsense, the same as the reference does.",
        "tasks": ["caption", "vqa"],
        "graphs": {name: f"onnx/{name}.onnx" for name in ("vision_encoder", "embed_tokens", "decoder_model_merged")},
        "image": {
            "width": SIDE, "height": SIDE, "mean": MEAN, "std": STD, "filter": "lanczos", "tokens": TOKENS,
            "longestEdge": LONGEST, "cut": 1,
        },
        "specialTokens": {"image": model.config.image_token_id, "pad": reference.pad, "eos": reference.ends},
        "templates": {
            "caption": "<|im_start|>User:<image>Can you describe this image? {hint}<end_of_utterance>\nAssistant:",
            "vqa": "<|im_start|>User:<image>{question}<end_of_utterance>\nAssistant:",
            "answer": " {answer}",
        },
        "limits": {"context": CONTEXT, "maxPromptTokens": 128, "maxNewTokens": 64, "maxBatch": 8},
        "defaults": {"maxTokens": 20},
    })
    bundle.add(folder)
